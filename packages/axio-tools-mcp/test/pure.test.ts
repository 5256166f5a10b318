import { AxioError } from "axio";
import { describe, expect, it } from "vitest";
import { readMcpServers } from "../src/index.ts";
import { toResultBlocks } from "../src/result-blocks.ts";
import { toolNames } from "../src/tool-name.ts";

const variable = (name: string): string => `\${${name}}`;

describe("toolNames", () => {
  it("joins server and tool, within what providers take", () => {
    const names = toolNames([
      { server: "git", tool: "log" },
      { server: "my server", tool: "größe.lesen" },
    ]);
    expect(names).toEqual(["git__log", "my_server__gr__e_lesen"]);
  });

  it("gives no two tools one name, in any order", () => {
    const tools = [
      { server: "a", tool: "b.c" },
      { server: "a", tool: "b_c" },
      { server: "a__b", tool: "c" },
      { server: "a", tool: "b__c" },
      { server: "x".repeat(60), tool: "long-one" },
      { server: "x".repeat(60), tool: "long-two" },
    ];
    const names = toolNames(tools);
    expect(new Set(names).size).toBe(tools.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(toolNames([...tools].reverse())).toEqual([...names].reverse());
  });
});

describe("toResultBlocks", () => {
  it("keeps the structured form where no text says the same", () => {
    const structuredContent = { found: [1, 2] };
    const said = { type: "text" as const, text: '{ "found": [1, 2] }' };
    expect(toResultBlocks({ content: [], structuredContent })).toBe('{"found":[1,2]}');
    expect(toResultBlocks({ content: [said], structuredContent })).toBe(said.text);
    const hello = { type: "text" as const, text: "hello" };
    expect(toResultBlocks({ content: [hello], structuredContent: { content: "hello" } })).toBe("hello");
    expect(toResultBlocks({ content: [{ type: "text", text: "Two." }], structuredContent })).toBe(
      'Two.\n{"found":[1,2]}',
    );
  });

  it("names what a model cannot take, and shows what it can", () => {
    const blocks = toResultBlocks({
      content: [
        { type: "audio", mimeType: "audio/wav", data: "AAAA" },
        { type: "resource", resource: { uri: "file:///a.txt", text: "hello" } },
        { type: "resource", resource: { uri: "file:///a.png", mimeType: "image/png", blob: "AAAA" } },
        { type: "resource", resource: { uri: "file:///a.zip", mimeType: "application/zip", blob: "AAAA" } },
        { type: "resource_link", uri: "file:///b.txt", name: "b", description: "The other one" },
      ],
    });
    expect(blocks).toEqual([
      { type: "text", text: "[Audio, audio/wav: it cannot be heard here.]" },
      { type: "text", text: "[file:///a.txt]\nhello" },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } },
      { type: "text", text: "[file:///a.zip (application/zip, 3 bytes): it cannot be shown here.]" },
      { type: "text", text: "[b: file:///b.txt (The other one)]" },
    ]);
  });

  it("gives no picture that would fail each later call: of a type that no model takes, empty, too large", () => {
    const data = "A".repeat(13_400_000);
    const blocks = toResultBlocks({
      content: [
        { type: "image", mimeType: "image/svg+xml", data: "AAAA" },
        { type: "image", mimeType: "image/png", data: "" },
        { type: "image", mimeType: "image/png", data },
        { type: "image", mimeType: "image/jpg", data: "AAAA" },
      ],
    });
    expect(blocks).toEqual([
      { type: "text", text: "[A picture of the type image/svg+xml: it cannot be shown here.]" },
      { type: "text", text: "[A picture of 0 bytes: it cannot be shown here.]" },
      { type: "text", text: "[A picture of 10050000 bytes: it cannot be shown here.]" },
      { type: "image", mediaType: "image/jpeg", source: { kind: "base64", data: "AAAA" } },
    ]);
  });

  it("throws what the tool says of its failure", () => {
    expect(() => toResultBlocks({ content: [], isError: true })).toThrow(
      "The tool failed and did not say why.",
    );
  });
});

describe("readMcpServers", () => {
  it("reads the form that MCP programs share, with variables in it", () => {
    const servers = readMcpServers(
      {
        git: {
          type: "stdio",
          command: "uvx",
          args: ["mcp-server-git", variable("DIR:-.")],
          env: { TOKEN: variable("TOKEN") },
        },
        web: {
          type: "http",
          url: "https://example.com/mcp",
          headers: { Authorization: `Bearer ${variable("TOKEN")}` },
        },
        off: { command: "x", disabled: true },
      },
      { env: { TOKEN: "t0ken" } },
    );
    expect(servers).toEqual({
      git: { command: "uvx", args: ["mcp-server-git", "."], env: { TOKEN: "t0ken" } },
      web: { url: "https://example.com/mcp", headers: { Authorization: "Bearer t0ken" } },
    });
  });

  it.each([
    [[], "mcpServers must be an object: { … }."],
    [{ a: "npx" }, "mcpServers.a must be an object: { … }."],
    [{ a: {} }, 'mcpServers.a has neither a "command" nor a "url". Give one of them.'],
    [
      { a: { command: "x", url: "y" } },
      'mcpServers.a has a "command" and a "url". Keep the one that you mean.',
    ],
    [{ a: { command: ["npx"] } }, "mcpServers.a.command must be a text: the program to start."],
    [{ a: { command: "x", args: "y" } }, 'mcpServers.a.args must be a list of texts: ["…", "…"].'],
    [
      { a: { command: "x", env: { PORT: 1 } } },
      'mcpServers.a.env.PORT must be a text. Put it in quotes: "1".',
    ],
    [
      { a: { command: "x", env: { T: variable("NOPE") } } },
      `mcpServers.a.env.T names the variable NOPE, which is not set. Set it, or write ${variable("NOPE:-default")}.`,
    ],
    [{ a: { url: "example.com" } }, "mcpServers.a.url is no address. Use one that begins with https://."],
    [
      { a: { url: "http://example.com", headers: { A: "b" } } },
      "mcpServers.a.url would send the headers unprotected. Use https://, or leave the headers out.",
    ],
    [
      { a: { type: "sse", url: "https://example.com/sse" } },
      'mcpServers.a.type is "sse", which MCP has replaced.',
    ],
    [
      { a: { command: "x", timeoutSeconds: 0 } },
      "mcpServers.a.timeoutSeconds must be a number of seconds above 0.",
    ],
  ])("names the member that is wrong, and the remedy: %j", (config, message) => {
    const read = (): unknown => readMcpServers(config, { env: {} });
    expect(read).toThrow(AxioError);
    expect(read).toThrow(message);
  });
});
