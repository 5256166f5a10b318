import { assistantMessage, isJsonObject, type JsonObject, type TransportEvent, userMessage } from "axio";
import { readApiSchema } from "test-support/api-schema";
import { blocksIn, decodeAll, endIn } from "test-support/decode-response";
import { recordings } from "test-support/fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { buildRequestBody, createResponseDecoder, RESPONSES_KEY } from "../src/index.ts";

const all = recordings();
const schema = RECORDINGS.isMet ? readApiSchema() : undefined;
const failed = all.filter(({ events }) => events.at(-1)?.["type"] === "response.failed");
const succeeded = all.filter((recording) => !failed.includes(recording));

function terminal(events: readonly JsonObject[]): JsonObject {
  const response = events.at(-1)?.["response"];
  if (!isJsonObject(response)) throw new Error("The recording has no terminal event.");
  return response;
}

function outputOf(events: readonly JsonObject[]): readonly JsonObject[] {
  const output = terminal(events)["output"];
  return Array.isArray(output) ? output.filter(isJsonObject) : [];
}

/** The finished items. The list of the terminal event has other encrypted content. */
function doneItems(events: readonly JsonObject[]): readonly JsonObject[] {
  return events
    .filter((event) => event["type"] === "response.output_item.done")
    .map((event) => event["item"])
    .filter(isJsonObject);
}

/** Members that are not sent back: see the README of the package. */
function asReplayed(items: readonly JsonObject[]): readonly JsonObject[] {
  return items
    .filter((item) => item["type"] !== "reasoning" || typeof item["encrypted_content"] === "string")
    .map((item) => {
      if (item["type"] !== "image_generation_call") return item;
      const { background, output_format, quality, size, revised_prompt, ...kept } = item;
      return kept;
    })
    .map((item) => {
      const id = String(item["id"]);
      if (item["type"] === "custom_tool_call" && !id.startsWith("ctc_")) return { ...item, id: `ctc_${id}` };
      if (item["type"] === "message" && !id.startsWith("msg_")) return { ...item, id: `msg_${id}` };
      return item;
    });
}

describe("recorded streams", needs(RECORDINGS), () => {
  test("exist", () => {
    expect(succeeded.length).toBeGreaterThanOrEqual(15);
    expect(failed).toHaveLength(1);
  });

  test.each(succeeded)("$name: texts, calls and usage are those of the terminal event", ({ events }) => {
    const out = decodeAll(events);
    const output = outputOf(events);
    const blocks = blocksIn(out);
    const texts = output
      .filter((item) => item["type"] === "message")
      .flatMap((item) => (item["content"] as unknown as JsonObject[]).map((part) => part["text"]));
    expect(blocks.filter((block) => block.type === "text").map((block) => block.text)).toEqual(texts);
    const calls = output.filter((item) => /^(function|custom_tool)_call$/.test(String(item["type"])));
    expect(
      blocks
        .filter((block) => block.type === "tool-use")
        .map((block) => [block.id, block.name, block.inputText ?? JSON.stringify(block.input)]),
    ).toEqual(calls.map((item) => [item["call_id"], item["name"], item["arguments"] ?? item["input"]]));
    const end = endIn(out);
    const usage = terminal(events)["usage"] as JsonObject;
    expect(end.usage.inputTokens).toBe(usage["input_tokens"]);
    expect(end.usage.outputTokens).toBe(usage["output_tokens"]);
    expect(end.usage.cachedInputTokens).toBe((usage["input_tokens_details"] as JsonObject)["cached_tokens"]);
    expect(end.usage.reasoningTokens).toBe(
      (usage["output_tokens_details"] as JsonObject)["reasoning_tokens"],
    );
    expect(end.stopReason).toBe(calls.length > 0 ? "tool-use" : "end");
    expect(end.responseId).toBe(terminal(events)["id"]);
    expect(end.model).toBe(terminal(events)["model"]);
  });

  test.each([
    ["web-search-tool", "hosted-tool web-search"],
    ["code-interpreter-tool", "hosted-tool code-interpreter"],
    ["file-search-tool", "hosted-tool file-search"],
    ["mcp-tool-approval.2", "hosted-tool mcp"],
    ["mcp-tool-approval.1", "opaque mcp_approval_request"],
    ["image-generation-tool", "image"],
    ["custom-tool", "tool-use"],
    ["local-shell-tool", "opaque local_shell_call"],
    ["apply-patch-tool", "opaque apply_patch_call"],
    ["client-tool-search", "opaque tool_search_call"],
  ])("%s: has its block, %s", (name, expected) => {
    const recording = all.find((candidate) => candidate.name.includes(name));
    const names = blocksIn(decodeAll(recording?.events ?? [])).map((block) => {
      if (block.type === "hosted-tool") return `${block.type} ${block.name}`;
      return block.type === "opaque" ? `${block.type} ${block.kind}` : block.type;
    });
    expect(names).toContain(expected);
  });

  test("the response of a web search states its searches and the pages that it cites", () => {
    const recording = all.find(({ name }) => name.includes("web-search-tool"));
    const out = decodeAll(recording?.events ?? []);
    const blocks = blocksIn(out);
    const searches = blocks.filter((block) => block.type === "hosted-tool");
    expect(searches.length).toBeGreaterThan(0);
    for (const { status, input, sources } of searches) {
      expect(status).toBe("completed");
      expect(["search", "open_page", "find_in_page"]).toContain(input["type"]);
      expect(input).not.toHaveProperty("sources");
      for (const { url } of sources ?? []) expect(url).toMatch(/^https?:/);
    }
    expect(searches.some(({ sources = [] }) => sources.length > 1)).toBe(true);
    expect(out.filter(({ type }) => type === "hosted-tool-start")).toHaveLength(searches.length);
    const [text] = blocks.filter((block) => block.type === "text");
    expect(text?.sources?.length).toBeGreaterThan(0);
    for (const { url, start = -1, end = -1 } of text?.sources ?? []) {
      expect(url).toMatch(/^https?:/);
      expect(text?.text.slice(start, end)).not.toBe("");
    }
  });

  test("code that the server ran is present, with its output if the server states it", () => {
    const recording = all.find(({ name }) => name.includes("code-interpreter-tool"));
    const runs = blocksIn(decodeAll(recording?.events ?? [])).filter(({ type }) => type === "hosted-tool");
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) expect(run).toMatchObject({ input: { code: expect.any(String) } });
  });

  test.each(succeeded)("$name: deltas show the content of the blocks", ({ events }) => {
    const out = decodeAll(events);
    const shown = new Map<number, string>();
    for (const event of out) {
      if (!("delta" in event) || !("index" in event)) continue;
      shown.set(event.index, (shown.get(event.index) ?? "") + event.delta);
    }
    for (const event of out) {
      if (event.type !== "block-end") continue;
      const { block } = event;
      if (block.type === "text" || block.type === "reasoning")
        expect(shown.get(event.index) ?? "").toBe(block.text);
      if (block.type === "tool-use")
        expect(shown.get(event.index)).toBe(block.inputText ?? JSON.stringify(block.input));
    }
  });

  test.each(succeeded)(
    "$name: long texts are the same, whether their events are parsed or read",
    ({ events }) => {
      // More deltas than the decoder parses before it reads them without parsing.
      const long = events.flatMap((event) =>
        event["type"] === "response.output_text.delta" ? Array.from({ length: 60 }, () => event) : [event],
      );
      expect(decodeAll(long.map((event) => JSON.stringify(event)))).toEqual(decodeAll(long));
    },
  );

  test.each(succeeded)("$name: is truncated if it is cut after any event but the last", ({ events }) => {
    for (let length = 0; length < events.length; length++) {
      const decoder = createResponseDecoder();
      const out: TransportEvent[] = [];
      for (const event of events.slice(0, length)) decoder.decode(event, out);
      expect(decoder.done).toBe(false);
      expect(() => decoder.end()).toThrow(
        expect.objectContaining({ code: "stream-truncated", retryable: true }),
      );
      expect(out.some((event) => event.type === "step-end")).toBe(false);
    }
  });

  test.each(succeeded)(
    "$name: the same blocks whatever becomes of the ids and repeated events",
    ({ events }) => {
      const expected = blocksIn(decodeAll(events)).map(({ providerData: _, ...block }) => block);
      let counter = 0;
      const rotated = events.map((event) =>
        JSON.parse(
          JSON.stringify(event, (key, value) =>
            key === "item_id" || (key === "id" && typeof value === "string") ? `${value}${counter++}` : value,
          ),
        ),
      );
      const variants: readonly (readonly unknown[])[] = [
        rotated,
        events.flatMap((event) => [event, event]),
        [...events, ...events],
        events.map((event) => ({ ...event, response: { ...(event["response"] as JsonObject), output: [] } })),
        events.map(({ output_index: _, ...event }) => event),
        events.filter((event) => event["type"] !== "response.output_item.done"),
        events.filter((event) => event["type"] !== "response.output_item.added"),
      ];
      for (const [number, variant] of variants.entries()) {
        const blocks = blocksIn(decodeAll(variant)).map(({ providerData: _, ...block }) => block);
        expect(blocks, `variant ${number}`).toEqual(expected);
      }
    },
  );

  test.each(succeeded)("$name: the next request has the items as they came", ({ events }) => {
    const blocks = JSON.parse(JSON.stringify(blocksIn(decodeAll(events))));
    const body = buildRequestBody({
      model: "gpt-5.5",
      system: "",
      messages: [{ role: "assistant", content: blocks }],
      tools: [],
    });
    const replayed = body.input.filter((item) => !/output$/.test(item.type));
    const done = doneItems(events);
    const expected = asReplayed(done);
    const isReasoningLost = done.some((item) => item["type"] === "reasoning" && !item["encrypted_content"]);
    if (!isReasoningLost) return expect(JSON.stringify(replayed)).toBe(JSON.stringify(expected));
    // The API rejects items under their ids without the reasoning that led to them.
    expect(withoutIds(replayed)).toEqual(withoutIds(expected));
    const ids = new Set(done.map(({ id }) => id));
    for (const item of replayed) expect(ids).not.toContain((item as JsonObject)["id"]);
  });

  test.each(succeeded)("$name: items that are sent back fit OpenAI's schema", ({ events }) => {
    const messages = [assistantMessage(blocksIn(decodeAll(events))), userMessage("Go on")];
    const body = buildRequestBody({ model: "gpt-5.5", system: "", messages, tools: [] });
    for (const item of body.input) expect(schema?.faultsOf("InputItem", item), item.type).toBe("");
  });

  test.each(failed)("$name: fails with its error", ({ events }) => {
    expect(() => decodeAll(events)).toThrow(
      expect.objectContaining({ code: "usage-limit", retryable: false }),
    );
    const withoutEvent = events.filter((event) => event["type"] !== "error");
    expect(() => decodeAll(withoutEvent)).toThrow(expect.objectContaining({ code: "usage-limit" }));
  });

  test("a reasoning block keeps the encrypted content of the finished item", () => {
    const recording = all.find(({ name }) => name.startsWith("openai-reasoning-encrypted-content.1"));
    const [reasoning] = blocksIn(decodeAll(recording?.events ?? []));
    expect(reasoning?.type).toBe("reasoning");
    const item = reasoning?.providerData?.[RESPONSES_KEY]?.["item"] as JsonObject;
    const [done] = doneItems(recording?.events ?? []);
    expect(item["encrypted_content"]).toMatch(/^gAAAA/);
    expect(item["encrypted_content"]).toBe(done?.["encrypted_content"]);
  });
});

function withoutIds(items: readonly object[]): readonly object[] {
  return items.map((item) => ({ ...item, id: undefined }));
}
