import type { JsonObject, Message, ToolDefinition } from "axio";
import fc from "fast-check";

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Text with any UTF-16 code unit, lone surrogates included. */
const text = fc.oneof(
  fc.constantFrom("", "Hello", "half \ud83d", "\udc00"),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 20 }),
);
const id = fc.oneof(fc.constantFrom("call_1", "call_2", "rs_1", "msg_1", "toolu:3", ""), text);
const name = fc.oneof(
  fc.constantFrom("read_file", "my.tool", "functions.read_file", "functions.", "x".repeat(80), ""),
  text,
);
const junk = fc.oneof(
  text,
  fc.constantFrom(null, 7, true, [], {}, { type: "hologram" }, { type: "text" }, { type: 1, text: "Hi" }),
);

/** Replaces or removes some members. */
function damaged<Value extends object>(value: fc.Arbitrary<Value>): fc.Arbitrary<object> {
  const damage = fc.tuple(fc.nat({ max: 30 }), fc.option(junk, { nil: undefined }));
  return fc.tuple(value, damage).map(([whole, [position, replacement]]) => {
    const member = Object.keys(whole)[position];
    return member === undefined ? whole : { ...whole, [member]: replacement };
  });
}

const source = fc.oneof(
  fc
    .constantFrom(PNG, PNG.replace(/(.{20})/g, "$1\r\n"), "JVBERi0xLjQK", "_-8=", "AAA", "!!", "")
    .map((data) => ({
      kind: "base64",
      data,
    })),
  fc.constant({ kind: "base64", data: `data:image/png;base64,${PNG}` }),
  fc
    .constantFrom(
      "https://a.test/b.png",
      "http://a.test/b.png",
      "file:///etc/passwd",
      "blob:1",
      `DATA:image/png;base64,${PNG}`,
      "data:image/svg+xml,%3Csvg/%3E",
      "data:text/plain,%E0%A4",
      "data:,",
      "",
    )
    .map((url) => ({ kind: "url", url })),
);
const mediaType = fc.constantFrom(
  "image/png",
  "IMAGE/JPG",
  "image/png; charset=binary",
  "image/svg+xml",
  "image/tiff",
  "application/pdf",
  "application/zip",
  "application/ld+json",
  "application/octet-stream",
  "Text/Plain; charset=utf-8",
  "video/mp4",
  "",
);
const media = fc.record({
  type: fc.constantFrom("image", "file"),
  mediaType,
  source,
  name: fc.option(fc.constantFrom("a.pdf", "b.md", "c\ud83d"), { nil: undefined }),
  detail: fc.option(fc.constantFrom("high", "blurred"), { nil: undefined }),
});
const textBlock = fc.record({ type: fc.constant("text"), text });
const content = fc.oneof(text, fc.array(fc.oneof(textBlock, damaged(media), junk), { maxLength: 3 }));
const result = fc.record({ type: fc.constant("tool-result"), toolCallId: id, content });
const call = fc.record({
  type: fc.constant("tool-use"),
  id,
  name,
  input: junk,
  inputText: fc.option(text, { nil: undefined }),
});

/** Items as a server may have sent them, and as an older version may have stored them. */
const item = damaged(
  fc.oneof(
    fc.record({
      type: fc.constant("reasoning"),
      id,
      summary: fc.constant([{ type: "summary_text", text: "Hm" }]),
      encrypted_content: fc.constantFrom("sealed", "", null),
      content: fc.constant([]),
      status: fc.constant("completed"),
    }),
    fc.record({
      type: fc.constant("function_call"),
      id,
      call_id: id,
      name,
      arguments: text,
      status: fc.constantFrom("completed", "incomplete", "odd"),
      namespace: name,
      extra: fc.constant(1),
    }),
    fc.record({ type: fc.constant("custom_tool_call"), id, call_id: id, name, input: text }),
    fc.record({
      type: fc.constant("web_search_call"),
      id,
      status: fc.constantFrom("completed", "odd"),
      action: fc.constantFrom<JsonObject>({ type: "search", query: "q" }, { type: "leap" }, {}),
    }),
    fc.record({
      type: fc.constant("image_generation_call"),
      id,
      result: fc.constant(PNG),
      size: fc.constant("1x1"),
    }),
    fc.record({
      type: fc.constantFrom("compaction", "compaction_summary", "context_compaction"),
      id,
      encrypted_content: fc.constantFrom("sealed", ""),
    }),
    fc.record({
      type: fc.constantFrom(
        "hologram",
        "item_reference",
        "shell_call",
        "mcp_call",
        "function_call_output",
        "tool_search_output",
      ),
      id,
      call_id: id,
      output: text,
    }),
    fc.record({
      type: fc.constant("message"),
      id,
      role: fc.constantFrom("assistant", "user", "robot"),
      status: fc.constantFrom("completed", "odd"),
      phase: fc.constantFrom("commentary", "odd", null),
      content: fc.constant([]),
    }),
  ),
);
const citation = damaged(
  fc.constant({ type: "url_citation", url: "https://a.test", title: "A", start_index: 0, end_index: 1 }),
);
const part = fc.oneof(
  fc.record({
    type: fc.constant("output_text"),
    text: fc.constant(""),
    annotations: fc.array(citation, { maxLength: 2 }),
    logprobs: fc.constant([]),
  }),
  fc.constant({ type: "output_audio", transcript: "Hm" }),
);
const replayed = fc
  .tuple(
    item,
    part,
    fc.nat({ max: 2 }),
    text,
    fc.constantFrom("reasoning", "tool-use", "text", "opaque", "hosted-tool", "image"),
    id,
    name,
  )
  .map(([wire, piece, partIndex, shown, type, blockId, toolName]) => ({
    type,
    text: shown,
    kind: "x",
    id: blockId,
    name: toolName,
    input: shown,
    mediaType: "image/png",
    source: { kind: "base64", data: PNG },
    providerData: { responses: type === "text" ? { item: wire, part: piece, partIndex } : { item: wire } },
  }));
const block = fc.oneof(textBlock, damaged(media), damaged(call), damaged(result), replayed, replayed, junk);
const message = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      role: fc.constantFrom("user", "assistant", "system", "tool"),
      content: fc.array(block, { maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ role: fc.constantFrom("user", "assistant"), content: junk }) },
  { weight: 1, arbitrary: junk },
);

/** Any history, also one that is damaged, from another provider, or from another version. */
export const anyHistory: fc.Arbitrary<readonly Message[]> = fc
  .array(message, { maxLength: 8 })
  .map((messages) => messages as unknown as readonly Message[]);

/** Any number of tools, also more than the API accepts. */
export const anyTools: fc.Arbitrary<readonly ToolDefinition[]> = fc.constantFrom(0, 1, 3, 129).map((count) =>
  Array.from({ length: count }, (_, index) => ({
    name: `tool_${index}`,
    description: "half \ud83d",
    inputSchema: { type: "object", properties: { town: { type: "string" } } },
  })),
);
