import { AxioError } from "axio";
import { describe, expect, it } from "vitest";
import { readMcpServers } from "../src/index.ts";
import { definitionHash } from "../src/mcp-tool.ts";
import { toResultBlocks } from "../src/result-blocks.ts";
import { toolNames } from "../src/tool-name.ts";

const variable = (name: string): string => `\${${name}}`;

describe("toolNames", () => {
  it("joins server and tool with supported characters", () => {
    const names = toolNames([
      { server: "git", tool: "log" },
      { server: "my server", tool: "größe.lesen" },
    ]);
    expect(names).toEqual(["git__log", "my_server__gr__e_lesen"]);
  });

  it("returns unique names in any order", () => {
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
  it("keeps structured content unless a text contains it", () => {
    const structuredContent = { found: [1, 2] };
    const same = { type: "text" as const, text: '{ "found": [1, 2] }' };
    expect(toResultBlocks({ content: [], structuredContent })).toBe('{"found":[1,2]}');
    expect(toResultBlocks({ content: [same], structuredContent })).toBe(same.text);
    const hello = { type: "text" as const, text: "hello" };
    expect(toResultBlocks({ content: [hello], structuredContent: { content: "hello" } })).toBe("hello");
    expect(toResultBlocks({ content: [{ type: "text", text: "Two." }], structuredContent })).toBe(
      'Two.\n{"found":[1,2]}',
    );
  });

  it("describes content that a model cannot read", () => {
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
      { type: "text", text: "[Audio (audio/wav), not supported]" },
      { type: "text", text: "[file:///a.txt]\nhello" },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } },
      { type: "text", text: "[file:///a.zip (application/zip, 3 bytes), not supported]" },
      { type: "text", text: "[b: file:///b.txt (The other one)]" },
    ]);
  });

  it("omits images that would make later requests fail: unsupported, empty or too large", () => {
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
      { type: "text", text: "[Image (image/svg+xml), not supported]" },
      { type: "text", text: "[Image (0 bytes), not supported]" },
      { type: "text", text: "[Image (10050000 bytes), not supported]" },
      { type: "image", mediaType: "image/jpeg", source: { kind: "base64", data: "AAAA" } },
    ]);
  });

  it("throws what the tool says of its failure", () => {
    expect(() => toResultBlocks({ content: [], isError: true })).toThrow(
      "The tool failed without a message.",
    );
  });
});

describe("readMcpServers", () => {
  it("reads the common format with variables", () => {
    const servers = readMcpServers(
      {
        git: {
          type: "stdio",
          timeoutSeconds: 9,
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
      git: { command: "uvx", args: ["mcp-server-git", "."], env: { TOKEN: "t0ken" }, timeoutMs: 9_000 },
      web: { url: "https://example.com/mcp", headers: { Authorization: "Bearer t0ken" } },
    });
  });

  it.each([
    [[], "mcpServers must be an object: { … }."],
    [{ a: "npx" }, "mcpServers.a must be an object: { … }."],
    [{ a: {} }, 'mcpServers.a has neither a "command" nor a "url". Add one of them.'],
    [{ a: { command: "x", url: "y" } }, 'mcpServers.a has both a "command" and a "url". Keep one of them.'],
    [{ a: { command: ["npx"] } }, "mcpServers.a.command must be a string: the program to start."],
    [{ a: { command: "x", args: "y" } }, 'mcpServers.a.args must be a list of strings: ["…", "…"].'],
    [
      { a: { command: "x", env: { PORT: 1 } } },
      'mcpServers.a.env.PORT must be a string. Put it in quotes: "1".',
    ],
    [
      { a: { command: "x", env: { T: variable("NOPE") } } },
      `mcpServers.a.env.T refers to the environment variable NOPE, which is not set. Set it, or use ${variable("NOPE:-default")}.`,
    ],
    [
      { a: { url: "example.com" } },
      "mcpServers.a.url is not a valid URL. Use one that begins with https://.",
    ],
    [
      { a: { url: "http://example.com", headers: { A: "b" } } },
      "mcpServers.a.url would send the headers unencrypted. Use https://, or remove the headers.",
    ],
    [
      { a: { type: "sse", url: "https://example.com/sse" } },
      'mcpServers.a.type is "sse", which MCP has replaced.',
    ],
    [
      { a: { command: "x", timeoutSeconds: 0 } },
      "mcpServers.a.timeoutSeconds must be a number of seconds above 0.",
    ],
  ])("reports the invalid member and the remedy: %j", (config, message) => {
    const read = (): unknown => readMcpServers(config, { env: {} });
    expect(read).toThrow(AxioError);
    expect(read).toThrow(message);
  });
});

describe("definitionHash", () => {
  const definition = {
    name: "pay",
    title: "Pay",
    description: "Shows the balance.",
    inputSchema: { type: "object", properties: { to: { type: "string" } }, required: ["to"] },
    annotations: { readOnlyHint: true, destructiveHint: false },
  } as const;
  const original = definitionHash(definition as unknown as Parameters<typeof definitionHash>[0]);

  it("is the same whatever the order of the properties", () => {
    const { name, title, description, inputSchema, annotations } = definition;
    const { type, properties, required } = inputSchema;
    expect(
      definitionHash({
        annotations,
        inputSchema: { required: [...required], properties, type },
        description,
        title,
        name,
      }),
    ).toBe(original);
  });

  it.each([
    ["the description", { description: "Pays at once." }],
    ["the title", { title: "Balance" }],
    [
      "the type of a property",
      { inputSchema: { ...definition.inputSchema, properties: { to: { type: "number" } } } },
    ],
    [
      "the description of a property",
      {
        inputSchema: {
          ...definition.inputSchema,
          properties: { to: { type: "string", description: "All." } },
        },
      },
    ],
    ["what is required", { inputSchema: { ...definition.inputSchema, required: [] } }],
    ["the output schema", { outputSchema: { type: "object" } }],
    ["a hint", { annotations: { readOnlyHint: false } }],
    ["the annotations", { annotations: undefined }],
  ] as const)("changes with %s", (_name, change) => {
    expect(
      definitionHash({ ...definition, ...change } as unknown as Parameters<typeof definitionHash>[0]),
    ).not.toBe(original);
  });
});
