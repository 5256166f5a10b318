import type { JsonObject, TransportEvent } from "axio";
import fc from "fast-check";
import { blocksIn, decodeAll, endIn } from "test-support/decode-response";
import { describe, expect, test } from "vitest";
import { buildRequestBody, createResponseDecoder, parseWireEvent } from "../src/index.ts";

const completed = { type: "response.completed", response: { id: "resp_1", status: "completed", output: [] } };

const added = (output_index: number, item: JsonObject): JsonObject => ({
  type: "response.output_item.added",
  output_index,
  item,
});
const done = (output_index: number, item: JsonObject): JsonObject => ({
  type: "response.output_item.done",
  output_index,
  item,
});
const textDelta = (delta: string, place: JsonObject = { output_index: 0, content_index: 0 }): JsonObject => ({
  type: "response.output_text.delta",
  delta,
  ...place,
});
const call = (call_id: string, args: string, status?: string): JsonObject => ({
  type: "function_call",
  id: `fc_${call_id}`,
  call_id,
  name: "look",
  arguments: args,
  ...(status === undefined ? {} : { status }),
});
const shortBlocks = (out: readonly TransportEvent[]): readonly unknown[] =>
  blocksIn(out).map(({ providerData: _, ...block }) => JSON.parse(JSON.stringify(block)));

describe("class 8: items that are never closed", () => {
  test("are assembled from deltas", () => {
    const out = decodeAll([
      added(0, { type: "reasoning", id: "rs_1" }),
      { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "Hm" },
      { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 1, delta: "So" },
      added(1, { type: "message", id: "msg_1", role: "assistant", phase: "final_answer" }),
      textDelta("Hel", { output_index: 1 }),
      textDelta("lo", { output_index: 1 }),
      { type: "response.refusal.delta", output_index: 1, content_index: 1, delta: "No" },
      added(2, call("a", "", "in_progress")),
      { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"x":1}' },
      completed,
    ]);
    expect(shortBlocks(out)).toEqual([
      { type: "reasoning", text: "Hm\n\nSo" },
      { type: "text", text: "Hello", phase: "final" },
      { type: "text", text: "No", refusal: true, phase: "final" },
      { type: "tool-use", id: "a", name: "look", input: { x: 1 } },
    ]);
    expect(endIn(out).stopReason).toBe("tool-use");
  });

  test("are assembled from the events that finish a part, which have priority over deltas", () => {
    const out = decodeAll([
      textDelta("Helo"),
      { type: "response.output_text.done", output_index: 0, content_index: 0, text: "Hello" },
      { type: "response.reasoning_summary_text.done", output_index: 1, summary_index: 0, text: "Hm" },
      added(2, call("a", "")),
      { type: "response.function_call_arguments.done", output_index: 2, arguments: "{}" },
      completed,
    ]);
    expect(shortBlocks(out)).toEqual([
      { type: "text", text: "Hello" },
      { type: "reasoning", text: "Hm" },
      { type: "tool-use", id: "a", name: "look", input: {} },
    ]);
  });

  test("never leave a response with nothing where something was shown", () => {
    const delta = fc.record({
      type: fc.constantFrom("response.output_text.delta", "response.refusal.delta"),
      delta: fc.string({ minLength: 1 }),
      output_index: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
      content_index: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
      item_id: fc.option(fc.constantFrom("msg_1", "msg_2"), { nil: undefined }),
    });
    const end = fc.constantFrom("response.completed", "response.incomplete", "response.done");
    fc.assert(
      fc.property(fc.array(delta, { minLength: 1 }), end, (deltas, type) => {
        const out = decodeAll([...deltas, { type, response: {} }]);
        const shown = new Map<number, string>();
        for (const event of out)
          if (event.type === "text-delta")
            shown.set(event.index, (shown.get(event.index) ?? "") + event.delta);
        const blocks = out.flatMap((event) =>
          event.type === "block-end" && event.block.type === "text"
            ? [[event.index, event.block.text] as const]
            : [],
        );
        expect(new Map(blocks)).toEqual(shown);
        expect([...shown.values()].join("")).toHaveLength(
          deltas.reduce((sum, { delta: { length } }) => sum + length, 0),
        );
      }),
    );
  });

  test("are a message that can be sent back", () => {
    const content = blocksIn(decodeAll([textDelta("Hi"), completed]));
    const body = buildRequestBody({
      model: "m",
      system: "",
      messages: [{ role: "assistant", content }],
      tools: [],
    });
    expect(body.input).toMatchObject([
      { role: "assistant", id: expect.stringMatching(/^msg_/), content: [{ text: "Hi" }] },
    ]);
  });
});

describe("class 9: the status of a response decides", () => {
  test.each(["response.completed", "response.done"])("%s that is incomplete", (type) => {
    const incomplete_details = { reason: "max_output_tokens" };
    const out = decodeAll([
      textDelta("Hi"),
      { type, response: { status: "incomplete", incomplete_details } },
    ]);
    expect(endIn(out).stopReason).toBe("max-output-tokens");
    expect(shortBlocks(out)).toEqual([{ type: "text", text: "Hi" }]);
  });

  test.each(["response.completed", "response.incomplete", "response.done"])("%s that failed", (type) => {
    const error = { code: "server_is_overloaded", message: "Busy" };
    expect(() => decodeAll([{ type, response: { status: "failed", error } }])).toThrow(
      expect.objectContaining({ code: "overloaded" }),
    );
  });
});

describe("class 10: a tool call that the token limit cut off", () => {
  const incomplete = {
    type: "response.incomplete",
    response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, output: [] },
  };

  test.each(["in_progress", "incomplete", undefined])("is not run: status %s", (status) => {
    const out = decodeAll([added(0, call("a", "")), done(0, call("a", "{}", status)), incomplete]);
    expect(shortBlocks(out)).toEqual([]);
    expect(endIn(out).stopReason).toBe("max-output-tokens");
  });

  test("is run if the server calls it complete", () => {
    const out = decodeAll([done(0, call("a", "{}", "completed")), added(1, call("b", "")), incomplete]);
    expect(shortBlocks(out)).toMatchObject([{ id: "a" }]);
  });

  test("does not end a complete response as if nothing were missing", () => {
    const out = decodeAll([done(0, call("a", '{"x', "incomplete")), completed]);
    expect(shortBlocks(out)).toEqual([]);
    expect(endIn(out).stopReason).toBe("incomplete");
  });

  test("a call without a status is run at the end of a complete response", () => {
    expect(shortBlocks(decodeAll([done(0, call("a", "{}")), completed]))).toMatchObject([{ id: "a" }]);
  });
});

test("annotations that only events of their own state are the sources of their text", () => {
  const annotation = {
    type: "url_citation",
    url: "https://a.test",
    title: "A",
    start_index: 0,
    end_index: 2,
  };
  const message = { type: "message", content: [{ type: "output_text", text: "Hi", annotations: [] }] };
  for (const closing of [[done(0, message)], [textDelta("Hi")]]) {
    const out = decodeAll([
      { type: "response.output_text.annotation.added", output_index: 0, content_index: 0, annotation },
      ...closing,
      completed,
    ]);
    expect(shortBlocks(out)).toMatchObject([{ text: "Hi", sources: [{ url: "https://a.test" }] }]);
  }
});

test("deltas without an index belong to the item with their id", () => {
  const message = (id: string): JsonObject => ({ type: "message", id, role: "assistant" });
  for (const opening of [[added(0, message("a")), added(1, message("b"))], []]) {
    const out = decodeAll([
      ...opening,
      textDelta("1", { item_id: "a" }),
      textDelta("2", { item_id: "b" }),
      textDelta("3", { item_id: "a" }),
      completed,
    ]);
    expect(shortBlocks(out)).toMatchObject([{ text: "13" }, { text: "2" }]);
  }
});

test("the same call under two indexes runs once", () => {
  const same = call("a", "{}", "completed");
  const listed = { ...completed, response: { status: "completed", output: [same, same] } };
  for (const events of [
    [done(0, same), done(1, same), completed],
    [done(0, same), added(1, { ...same, arguments: "" }), done(1, { ...same, id: "fc_x" }), listed],
    [listed],
  ])
    expect(shortBlocks(decodeAll(events))).toMatchObject([{ id: "a" }]);
  expect(
    blocksIn(decodeAll([done(0, same), done(1, call("a", '{"x":1}', "completed")), completed])),
  ).toHaveLength(2);
});

test("a call of functions.look is a call of look", () => {
  const item = { ...call("a", "{}", "completed"), name: "functions.look" };
  const out = decodeAll([added(0, item), done(0, item), completed]);
  expect(out[0]).toMatchObject({ type: "tool-use-start", name: "look" });
  expect(shortBlocks(out)).toMatchObject([{ name: "look" }]);
});

test.each(["ping", "PING\n", "keep-alive", "keepalive", "heartbeat", " [DONE] "])(
  "%j is no event",
  (data) => {
    expect(parseWireEvent(data)).toBeUndefined();
  },
);

test("the error of a text that is not JSON quotes it", () => {
  const quote = (text: string): string => text.replace("secret", "[hidden]");
  expect(() => parseWireEvent("upstream secret failed", quote)).toThrow(
    /It said: upstream \[hidden\] failed/,
  );
  expect(() => parseWireEvent("upstream secret failed")).not.toThrow(/upstream/);
});

test("a response cut before its end is not assembled", () => {
  const decoder = createResponseDecoder();
  const out: TransportEvent[] = [];
  decoder.decode(textDelta("Hi"), out);
  expect(() => decoder.end()).toThrow(expect.objectContaining({ code: "stream-truncated" }));
  expect(blocksIn(out)).toEqual([]);
});
