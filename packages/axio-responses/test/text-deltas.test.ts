import fc from "fast-check";
import { outcomeOf } from "test-support/decode-response";
import { repetitions } from "test-support/requirements";
import { expect, test } from "vitest";
import { createResponseDecoder } from "../src/index.ts";

/** The JSON of a delta of text, with members in the order of OpenAI. */
function deltaLine(item: number, part: number, delta: string, more: string): string {
  const text = JSON.stringify(delta);
  return `{"type":"response.output_text.delta","output_index":${item},"content_index":${part},"delta":${text}${more}}`;
}

/** The JSON of an event. Most are deltas that differ from others in little. */
function anyLine(): fc.Arbitrary<string> {
  const index = fc.nat({ max: 1 });
  const text = fc.constantFrom("a", "b", "", '"', "\n", "\ud83d\ude00", "\ud83d", "\u2028", "</", "$1");
  const more = fc.constantFrom(
    "",
    ',"logprobs":[]',
    ',"logprobs":[{"delta": "a"}]',
    ',"obfuscation":"x"',
    ',"sequence_number":7',
    ',"delta":"last"',
    ',"delta" : "b"',
    ',"type":"response.refusal.delta"',
    ',"type":"unknown"',
    ',"output_index":1',
    "  ",
  );
  const at = { output_index: index, content_index: index };
  const part = { type: "output_text", text: "ab" };
  const message = { type: "message", id: "m", content: [part] };
  const other = fc.oneof(
    fc.record({ type: fc.constant("response.refusal.delta"), ...at, delta: text }),
    fc.record({ type: fc.constant("response.reasoning_text.delta"), ...at, delta: text }),
    fc.record({ type: fc.constant("response.content_part.done"), ...at, part: fc.constant(part) }),
    fc.record({
      type: fc.constantFrom("response.output_item.added", "response.output_item.done"),
      output_index: index,
      item: fc.constant(message),
    }),
    fc.record({
      type: fc.constant("response.output_text.annotation.added"),
      ...at,
      annotation: fc.constant({ type: "url_citation", url: "https://example.com/" }),
    }),
    fc.constantFrom(
      { type: "unknown", delta: "a" },
      { type: "error", error: { code: "server_error", message: "No" } },
      { type: "response.in_progress", response: { id: "r", model: "m" } },
      { type: "response.completed", response: { status: "completed" } },
      { error: { code: "server_error", message: "No" } },
    ),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(index, index, text, more).map((members) => deltaLine(...members)) },
    { weight: 3, arbitrary: fc.constantFrom("a", "b").map((delta) => deltaLine(0, 0, delta, "")) },
    { weight: 2, arbitrary: other.map((event) => JSON.stringify(event)) },
  );
}

test("a response is the same as text and as parsed events, whatever comes between its deltas", () => {
  fc.assert(
    fc.property(fc.array(anyLine(), { minLength: 5, maxLength: 40 }), (lines) => {
      // More deltas than the decoder parses before it reads them without parsing.
      const all = [...Array.from({ length: 52 }, () => deltaLine(0, 0, "Hi", "")), ...lines];
      const parsed = all.map((line): unknown => JSON.parse(line));
      expect(outcomeOf(createResponseDecoder(), all)).toEqual(outcomeOf(createResponseDecoder(), parsed));
    }),
    { numRuns: repetitions({ short: 150, full: 3_000 }) },
  );
});
