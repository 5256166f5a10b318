import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { callTool } from "test-support/call-tools";
import { describe, expect, it } from "vitest";
import { open, temporaryDirectory } from "./support/run.ts";

// Servers by other authors, built on version 1 of the SDK.
const { resolve } = createRequire(import.meta.url);
const EVERYTHING = join(
  dirname(resolve("@modelcontextprotocol/server-everything/package.json")),
  "dist/index.js",
);
const FILESYSTEM = join(
  dirname(resolve("@modelcontextprotocol/server-filesystem/package.json")),
  "dist/index.js",
);

describe("@modelcontextprotocol/server-everything", () => {
  it("supports text, images, resources, structured content and progress", async () => {
    const { mcp, warnings } = await open({
      all: { command: process.execPath, args: [EVERYTHING, "stdio"] },
    });
    expect(warnings).toEqual([]);
    expect((await callTool(mcp.tools, "all__echo", { message: "hello" })).text).toBe("Echo: hello");
    expect((await callTool(mcp.tools, "all__get-sum", { a: 2, b: 3 })).text).toMatch(/\b5\b/);
    expect((await callTool(mcp.tools, "all__get-tiny-image")).content).toContainEqual(
      expect.objectContaining({ type: "image", mediaType: "image/png" }),
    );
    expect((await callTool(mcp.tools, "all__get-structured-content", { location: "Chicago" })).text).toMatch(
      /temperature/,
    );
    expect((await callTool(mcp.tools, "all__get-resource-links", { count: 2 })).text).toMatch(
      /\[.*: \w+:\/\//,
    );
    const long = await callTool(mcp.tools, "all__trigger-long-running-operation", {
      duration: 0.2,
      steps: 2,
    });
    expect(long.shown).toMatch(/1\/2/);
  });
});

describe("@modelcontextprotocol/server-filesystem", () => {
  it("accesses its own directory only", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "a.txt"), "hello");
    const { mcp } = await open({
      files: { command: process.execPath, args: [FILESYSTEM, directory] },
    });
    expect(
      (await callTool(mcp.tools, "files__read_text_file", { path: join(directory, "a.txt") })).text,
    ).toBe("hello");
    expect(await callTool(mcp.tools, "files__read_text_file", { path: "/etc/hostname" })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/Access denied/),
    });
  });
});
