import {
  AxioError,
  type Block,
  isJsonObject,
  type JsonValue,
  type Message,
  type TransportEvent,
  userMessage,
} from "axio";
import fc from "fast-check";
import { readApiSchema } from "test-support/api-schema";
import { blocksIn } from "test-support/decode-response";
import { recordings } from "test-support/fixtures";
import { needs, RECORDINGS, repetitions } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { buildRequestBody, classifyResponseError, createResponseDecoder } from "../src/index.ts";

/** A response with all kinds of events and items. */
const response: readonly JsonValue[] = [
  {
    type: "codex.rate_limits",
    plan_type: "plus",
    rate_limits: { primary: { used_percent: 1, reset_at: 2 } },
    credits: {},
  },
  { type: "response.created", response: { id: "resp_1", model: "m" } },
  {
    type: "response.output_item.added",
    output_index: 0,
    item: { type: "reasoning", id: "rs_1", summary: [] },
  },
  { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "a" },
  { type: "response.reasoning_text.delta", output_index: 0, content_index: 0, delta: "b" },
  {
    type: "response.output_item.done",
    output_index: 0,
    item: { type: "reasoning", id: "rs_1", summary: [{ text: "a" }] },
  },
  {
    type: "response.output_item.added",
    output_index: 1,
    item: { type: "function_call", call_id: "c", name: "n" },
  },
  { type: "response.function_call_arguments.delta", output_index: 1, item_id: "fc", delta: "{}" },
  { type: "response.output_text.delta", output_index: 2, content_index: 0, item_id: "msg", delta: "Hi" },
  { type: "response.refusal.delta", output_index: 2, content_index: 1, item_id: "msg", delta: "No" },
  {
    type: "response.content_part.done",
    output_index: 2,
    content_index: 0,
    part: { type: "output_text", text: "Hi" },
  },
  {
    type: "response.output_item.done",
    output_index: 1,
    item: { type: "function_call", id: "fc", call_id: "c", name: "n", arguments: "{}", status: "completed" },
  },
  {
    type: "response.image_generation_call.partial_image",
    output_index: 3,
    partial_image_b64: "AA",
    output_format: "png",
  },
  {
    type: "response.output_item.done",
    output_index: 3,
    item: { type: "image_generation_call", id: "ig", result: "AA" },
  },
  {
    type: "response.output_item.done",
    output_index: 4,
    item: { type: "custom_tool_call", call_id: "d", name: "n", input: "x" },
  },
  {
    type: "response.completed",
    response: {
      id: "resp_1",
      status: "completed",
      usage: { input_tokens: 1, input_tokens_details: { cached_tokens: 1 } },
      output: [
        { type: "message", id: "msg", content: [{ type: "output_text", text: "Hi" }] },
        { type: "compaction" },
      ],
    },
  },
  {
    type: "response.incomplete",
    response: { incomplete_details: { reason: "max_output_tokens" }, output: [] },
  },
  { type: "response.failed", response: { error: { code: "rate_limit_exceeded", message: "later" } } },
  {
    type: "error",
    code: "slow_down",
    message: "m",
    param: null,
    status: 503,
    error: { type: "x", resets_at: 1 },
  },
];

// Without -0, which JSON does not have.
const junk = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

/** Replaces or removes a value anywhere inside. */
function mutated(value: JsonValue, choose: fc.GeneratorValue): JsonValue {
  if (choose(fc.nat, { max: 19 }) === 0) return choose(() => junk) as JsonValue;
  if (Array.isArray(value)) return value.map((element) => mutated(element, choose));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(() => choose(fc.nat, { max: 19 }) > 0)
      .map(([key, member]) => [key, mutated(member as JsonValue, choose)]),
  );
}

describe("the decoder", () => {
  test("decodes any malformed stream to events or an AxioError, and to blocks that can be sent", () => {
    fc.assert(
      fc.property(fc.gen(), fc.subarray([...response], { minLength: 1 }), (choose, events) => {
        const decoder = createResponseDecoder();
        const out: TransportEvent[] = [];
        try {
          for (const event of events) decoder.decode(mutated(event, choose), out);
          decoder.end();
          expect(out.filter((event) => event.type === "step-end")).toHaveLength(1);
        } catch (error) {
          if (!AxioError.is(error)) throw error;
        }
        const ends = out.filter((event) => event.type === "block-end");
        expect(new Set(ends.map((event) => event.index)).size).toBe(ends.length);
        expect(JSON.parse(JSON.stringify(out))).toEqual(out);
        const messages: readonly Message[] = [
          { role: "assistant", content: blocksIn(out) },
          userMessage("Go on"),
        ];
        buildRequestBody({ model: "m", system: "", messages, tools: [] });
      }),
      { numRuns: repetitions({ short: 400, full: 2_000 }) },
    );
  });

  test("accepts values without a text form", () => {
    const decoder = createResponseDecoder();
    const noText = { toString: false };
    for (const event of response) {
      if (!isJsonObject(event) || typeof event["delta"] !== "string") continue;
      const indexes = { output_index: noText, content_index: noText, summary_index: noText, item_id: noText };
      expect(() => decoder.decode({ ...event, ...indexes }, [])).not.toThrow();
    }
  });

  test("accepts any JSON", () => {
    fc.assert(
      fc.property(fc.array(junk), (events) => {
        const decoder = createResponseDecoder();
        for (const event of events) {
          decoder.decode(JSON.stringify(event), []);
          if (typeof event !== "string") decoder.decode(event, []);
        }
        expect(decoder.done).toBe(false);
      }),
    );
  });

  test("classifies any error", () => {
    const member = fc.option(junk, { nil: undefined });
    const wire = fc.record({
      code: member,
      type: member,
      message: member,
      param: member,
      status: member,
      plan_type: member,
      resets_at: fc.oneof(member, fc.double()),
      resets_in_seconds: fc.oneof(member, fc.double()),
    });
    fc.assert(fc.property(wire, (error) => AxioError.is(classifyResponseError(error))));
  });
});

const id = fc.oneof(
  fc.constantFrom("call_1", "call_2", "toolu:3", ""),
  fc.string({ maxLength: 90, unit: "binary" }),
);
const text = fc.record({ type: fc.constant("text" as const), text: fc.string() });
const picture = fc.record({
  type: fc.constant("image" as const),
  mediaType: fc.constantFrom("image/png", "image/jpg", "image/webp"),
  source: fc.record({ kind: fc.constant("base64" as const), data: fc.constant("iVBORw0KGgo=") }),
});
const call = fc.record({
  type: fc.constant("tool-use" as const),
  id,
  name: fc.constantFrom("a", "b"),
  input: junk as fc.Arbitrary<JsonValue>,
});
const result = fc.record({
  type: fc.constant("tool-result" as const),
  toolCallId: id,
  content: fc.oneof(fc.string(), fc.array(fc.oneof(text, picture), { maxLength: 3 })),
});
const wireItem = fc.oneof(
  fc.record({
    type: fc.constant("custom_tool_call"),
    id,
    call_id: id,
    name: fc.constant("c"),
    input: fc.constant(""),
  }),
  fc.record({
    type: fc.constant("shell_call"),
    id,
    call_id: id,
    action: fc.constant({ commands: ["ls"], timeout_ms: null, max_output_length: null }),
  }),
  fc.record({
    type: fc.constant("reasoning"),
    id,
    summary: fc.constant([]),
    encrypted_content: fc.option(fc.string()),
  }),
);
const replayed = wireItem.map((item): Block => {
  const providerData = { responses: { item } };
  if (item.type === "reasoning") return { type: "reasoning", text: "", providerData };
  if (item.type === "shell_call") return { type: "opaque", kind: item.type, providerData };
  return {
    type: "tool-use",
    id: String("call_id" in item ? item.call_id : ""),
    name: "c",
    input: "x",
    providerData,
  };
});
const block: fc.Arbitrary<Block> = fc.oneof(text, picture, call, result, replayed);
const older = fc.array(
  fc.record({
    role: fc.constantFrom("user" as const, "assistant" as const, "system" as const),
    content: fc.array(block, { maxLength: 5 }),
  }),
  { maxLength: 8 },
);
const history: fc.Arbitrary<readonly Message[]> = older.map((messages) => [
  ...messages,
  userMessage("Go on"),
]);

describe("any history", () => {
  test("becomes a request with paired calls and results, valid ids, and always the same bytes", () => {
    fc.assert(
      fc.property(history, (messages) => {
        const { input } = buildRequestBody({ model: "m", system: "", messages, tools: [] });
        const open = new Set<string>();
        const seen = new Set<string>();
        for (const item of input) {
          const { id: itemId, call_id: callId } = item as { id?: unknown; call_id?: unknown };
          for (const value of [itemId, callId]) {
            if (value !== undefined) expect(value).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
          }
          if (itemId !== undefined) expect(seen.has(`item ${itemId}`)).toBe(false);
          seen.add(`item ${itemId}`);
          if (item.type.endsWith("_call")) {
            expect(seen.has(`call ${callId}`)).toBe(false);
            seen.add(`call ${callId}`);
            open.add(`${callId} ${item.type}`);
          } else if (item.type.endsWith("_call_output")) {
            expect(open.delete(`${callId} ${item.type.replace("_output", "")}`)).toBe(true);
          }
        }
        expect([...open]).toEqual([]);
        const again = buildRequestBody({ model: "m", system: "", messages, tools: [] });
        expect(JSON.stringify(again.input)).toBe(JSON.stringify(input));
      }),
      { numRuns: repetitions({ short: 200, full: 1_000 }) },
    );
  });

  test("keeps every text", () => {
    fc.assert(
      fc.property(history, (messages) => {
        const body = buildRequestBody({ model: "m", system: "", messages, tools: [] });
        const sent = JSON.stringify(body);
        for (const { content } of messages) {
          for (const said of content) {
            if (said.type === "text" && said.text.trim() !== "")
              expect(sent).toContain(JSON.stringify(said.text).slice(1, -1));
            if (said.type === "tool-result" && typeof said.content === "string")
              expect(sent).toContain(JSON.stringify(said.content).slice(1, -1));
          }
        }
      }),
    );
  });

  test("fits OpenAI's schema", needs(RECORDINGS), () => {
    const schema = readApiSchema();
    fc.assert(
      fc.property(history, (messages) => {
        for (const item of buildRequestBody({ model: "m", system: "", messages, tools: [] }).input)
          expect(schema.faultsOf("InputItem", item), JSON.stringify(item)).toBe("");
      }),
      { numRuns: repetitions({ short: 15, full: 50 }) },
    );
  });
});

test("decodes recorded events in any order and number", needs(RECORDINGS), () => {
  const events = recordings().flatMap((recording) => recording.events);
  const picks = fc.array(fc.nat({ max: events.length - 1 }), { maxLength: 60 });
  fc.assert(
    fc.property(picks, (positions) => {
      const decoder = createResponseDecoder();
      try {
        for (const position of positions) decoder.decode(events[position], []);
      } catch (error) {
        if (!AxioError.is(error)) throw error;
      }
    }),
  );
});
