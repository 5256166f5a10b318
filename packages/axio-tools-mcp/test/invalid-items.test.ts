import { fileURLToPath } from "node:url";
import type { JsonValue } from "axio";
import { bundleScript } from "test-support/bundle-script";
import { callTool } from "test-support/call-tools";
import { describe, expect, it, vi } from "vitest";
import type { StdioServerConfig } from "../src/index.ts";
import { LineBuffer } from "../src/line-buffer.ts";
import { open } from "./support/run.ts";

const SERVER = await bundleScript(fileURLToPath(new URL("support/raw-server.ts", import.meta.url)));
const inputSchema = { type: "object", properties: {} };
const good = Array.from({ length: 18 }, (_, index) => ({ name: `good-${index}`, inputSchema }));

function raw(answers: { readonly [name: string]: JsonValue }, more: Partial<StdioServerConfig> = {}) {
  return { raw: { command: process.execPath, args: [SERVER, JSON.stringify(answers)], ...more } };
}

describe("a list with an invalid item", () => {
  it.each<[string, JsonValue, string]>([
    [
      "a schema without a type",
      { name: "bad", inputSchema: { properties: {} } },
      'its tool bad is left out, because its inputSchema is not of "type": "object"',
    ],
    [
      "a schema of another type",
      { name: "bad", inputSchema: { type: "string" } },
      'its inputSchema is not of "type": "object"',
    ],
    ["no schema", { name: "bad" }, "because it has no inputSchema"],
    [
      "a schema that is no object",
      { name: "bad", inputSchema: "{}" },
      "because its inputSchema is not an object",
    ],
    ["no name", { inputSchema }, "its tool number 1 is left out, because it has no name"],
    ["null", null, "its tool number 1 is left out, because it is not an object"],
    [
      "a description that is no text",
      { name: "bad", inputSchema, description: 7 },
      "because its description cannot be used",
    ],
    [
      "annotations of another type",
      { name: "bad", inputSchema, annotations: "read-only" },
      "because its annotations cannot be used",
    ],
    [
      "a name with control characters",
      { name: "b\u001b[2Jad", description: [], inputSchema },
      "its tool b__2Jad is left out",
    ],
    [
      "a schema that no model accepts",
      { name: "bad", inputSchema: { ...inputSchema, properties: { a: { $ref: "#/nowhere" } } } },
      "It is skipped.",
    ],
  ])("keeps the others, and names the bad one: %s", async (_, bad, expected) => {
    const { mcp, warnings } = await open(raw({ tools: [bad, ...good], content: [] }));
    expect(mcp.tools).toHaveLength(18);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(`The MCP server "raw": `);
    expect(warnings[0]?.message).toContain(expected);
    // No output of a validator.
    expect(warnings[0]?.message).not.toMatch(/invalid_type|expected|\[\{/);
  });

  it("keeps the other content of a tool result", async () => {
    const content = [{ type: "text", text: "fine" }, { type: "hologram", text: "new" }, { type: "image" }, 7];
    const { mcp } = await open(raw({ tools: good, content }));
    expect((await callTool(mcp.tools, "raw__good-0")).text).toBe('fine\nnew\n{"type":"image"}\n7');
  });
});

describe("a server that fails", () => {
  it("later than at its start keeps its last output for the user", async () => {
    const { warnings } = await open(raw({ tools: good, crash: "the database is gone" }));
    await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 20_000 });
    expect(warnings[0]?.message).toBe(
      'The MCP server "raw" has exited. It restarts with the next call of one of its tools.\nIts output:\npanic: the database is gone',
    );
  });

  it("by taking too long for a call names the setting of the call", async () => {
    const { mcp } = await open(raw({ tools: [{ name: "slow", inputSchema }] }, { timeoutMs: 200 }));
    expect((await callTool(mcp.tools, "raw__slow")).text).toBe(
      'The MCP server "raw" did not respond to the call within 0.2 s. If its tools take longer, increase timeoutSeconds of this server (the option timeoutMs).',
    );
  });
});

describe("a large message", () => {
  it("is read", async () => {
    const { mcp } = await open(raw({ tools: [{ name: "large", inputSchema }] }));
    expect((await callTool(mcp.tools, "raw__large")).text).toContain("9,900,000 of 10,000,000 bytes omitted");
  });

  it("takes linear time, in whatever pieces it arrives", () => {
    const lines = new LineBuffer(50_000_000);
    const piece = Buffer.alloc(1_000, "x");
    for (let index = 0; index < 10_000; index += 1) expect(lines.add(piece)).toEqual([]);
    expect(lines.add(Buffer.from("\nnext\r\nrest"))).toEqual(["x".repeat(10_000_000), "next"]);
    expect(lines.add(Buffer.from("\n"))).toEqual(["rest"]);
  });

  it("is refused above the limit, without keeping it", () => {
    const lines = new LineBuffer(10);
    expect(() => lines.add(Buffer.from("01234567890"))).toThrow("more than 10 bytes");
    expect(lines.add(Buffer.from("ok\n"))).toEqual(["ok"]);
  });

  it("keeps characters whole that arrive in two pieces", () => {
    const lines = new LineBuffer(100);
    const bytes = Buffer.from("東京\n");
    expect([...bytes].flatMap((byte) => lines.add(Buffer.from([byte])))).toEqual(["東京"]);
  });
});

describe("the state of the servers", () => {
  it("says which run, with how many tools, and why others do not", async () => {
    const { mcp } = await open({ ...raw({ tools: good }), missing: { command: "no-such-program-anywhere" } });
    expect(mcp.servers).toMatchObject([
      { name: "raw", state: "ready", toolCount: 18, address: process.execPath, error: undefined },
      {
        name: "missing",
        state: "failed",
        toolCount: 0,
        error: { message: expect.stringContaining("the program no-such-program-anywhere was not found") },
      },
    ]);
    await expect(mcp.servers[1]?.reconnect()).rejects.toMatchObject({ code: "tools-unavailable" });
    await mcp.servers[0]?.reconnect();
    expect(mcp.servers[0]).toMatchObject({ state: "ready", toolCount: 18 });
  });

  it("of one that has exited says why, until it runs again", async () => {
    const { mcp } = await open(raw({ tools: good, crash: "the database is gone" }));
    await vi.waitFor(() => expect(mcp.servers[0]?.state).toBe("failed"), { timeout: 20_000 });
    expect(mcp.servers[0]?.error?.message).toContain("the database is gone");
  });
});
