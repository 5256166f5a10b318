import { AxioError } from "axio";
import fc from "fast-check";
import { outcomeOf } from "test-support/decode-response";
import { repetitions } from "test-support/requirements";
import { expect, test } from "vitest";
import { createMessagesDecoder } from "../src/stream/decoder.ts";

/** The JSON of a delta of text. */
function deltaLine(index: number, text: string, more: string, inEvent: string): string {
  const delta = `{"type":"text_delta","text":${JSON.stringify(text)}${more}}`;
  return `{"type":"content_block_delta","index":${index},"delta":${delta}${inEvent}}`;
}

/** The JSON of an event. Most are deltas that differ from others in little. */
function anyLine(): fc.Arbitrary<string> {
  const index = fc.nat({ max: 1 });
  const text = fc.constantFrom("a", "b", "", '"', "\n", "\u{1f600}", "\ud83d", "\u2028", "$1");
  const more = fc.constantFrom("", ',"text":"b"', ',"text": "a"', ',"type":"thinking_delta","thinking":"t"');
  const inEvent = fc.constantFrom(
    "",
    "  ",
    ',"index":1',
    ',"type":"unknown"',
    ',"type":"error","error":{"type":"api_error","message":"No"}',
  );
  const block = fc.constantFrom(
    '{"type":"text","text":""}',
    '{"type":"thinking","thinking":""}',
    '{"type":"tool_use","id":"t","name":"n","input":{}}',
    '{"type":"unknown"}',
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(index, text, more, inEvent).map((members) => deltaLine(...members)) },
    { weight: 3, arbitrary: fc.constantFrom("a", "b").map((delta) => deltaLine(0, delta, "", "")) },
    { weight: 1, arbitrary: index.map((at) => `{"type":"content_block_stop","index":${at}}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(index, block)
        .map(([at, start]) => `{"type":"content_block_start","index":${at},"content_block":${start}}`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{"type":"ping"}',
        '{"error":{"type":"api_error","message":"No"}}',
        '{"type":"message_start","message":{"id":"m2"}}',
        '{"type":"message_delta","delta":{"stop_reason":"end_turn"}}',
        '{"type":"message_stop"}',
        '{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"x"}}}',
      ),
    },
  );
}

test("a response is the same as text and as parsed events, whatever comes between its deltas", () => {
  fc.assert(
    fc.property(fc.array(anyLine(), { minLength: 4, maxLength: 25 }), (lines) => {
      const all = [
        '{"type":"message_start","message":{"id":"m1"}}',
        '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
        // More deltas than the decoder parses before it reads them without parsing.
        ...Array.from({ length: 53 }, () => deltaLine(0, "Hi", "", "")),
        ...lines,
        '{"type":"message_delta","delta":{"stop_reason":"end_turn"}}',
        '{"type":"message_stop"}',
      ];
      const [fromText, fromParsed] = [all, all.map((line): unknown => JSON.parse(line))].map((events) =>
        outcomeOf(createMessagesDecoder({ classify: () => new AxioError("server", "No") }), events),
      );
      expect(fromText).toEqual(fromParsed);
    }),
    { numRuns: repetitions({ short: 150, full: 3_000 }) },
  );
});
