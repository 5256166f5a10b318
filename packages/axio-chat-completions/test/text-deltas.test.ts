import fc from "fast-check";
import { outcomeOf } from "test-support/decode-response";
import { repetitions } from "test-support/requirements";
import { expect, test } from "vitest";
import { createChatDecoder } from "../src/index.ts";

/** The JSON of a chunk with a delta of text. */
function deltaLine(index: number, content: string, more: string, inChoice: string): string {
  const delta = `{"content":${JSON.stringify(content)}${more}}`;
  return `{"id":"c1","model":"m","choices":[{"index":${index},"delta":${delta}${inChoice}}],"obfuscation":"x"}`;
}

/** The JSON of a chunk. Most are deltas that differ from others in little. */
function anyLine(): fc.Arbitrary<string> {
  const text = fc.constantFrom("a", "b", "", '"', "\n", "<think>", "\u{1f600}", "\ud83d", "\u2028", "$1");
  const more = fc.constantFrom(
    "",
    ',"role":"assistant"',
    ',"refusal":"no"',
    ',"content":"b"',
    ',"reasoning_content":"r"',
    ',"annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example"}}]',
    ',"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{}"}}]',
  );
  const inChoice = fc.constantFrom(
    "",
    ',"finish_reason":null',
    ',"finish_reason":"stop"',
    ',"logprobs":{"content": [{"content": "a"}]}',
    ',"error":{"message":"No"}',
  );
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(fc.nat({ max: 1 }), text, more, inChoice).map((members) => deltaLine(...members)),
    },
    { weight: 3, arbitrary: fc.constantFrom("a", "b").map((content) => deltaLine(0, content, "", "")) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "[DONE]",
        '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}',
        '{"error":{"message":"No"}}',
        '{"id":"c2","model":"other","choices":[{"delta":{"role":"assistant"}}]}',
      ),
    },
  );
}

test.each([false, true])(
  "a response is the same as text and as parsed chunks, whatever comes between its deltas (in reasoning: %j)",
  (startsInReasoning) => {
    fc.assert(
      fc.property(fc.array(anyLine(), { minLength: 4, maxLength: 25 }), (lines) => {
        // More deltas than the decoder parses before it reads them without parsing.
        const deltas = Array.from({ length: 53 }, () => deltaLine(0, "Hi", "", ""));
        const all = [
          deltaLine(0, "", "", ""),
          ...deltas,
          ...lines,
          deltaLine(0, "a", "", ',"finish_reason":"stop"'),
        ];
        const parsed = all.map((line): unknown => (line === "[DONE]" ? line : JSON.parse(line)));
        const [fromText, fromParsed] = [all, parsed].map((chunks) =>
          outcomeOf(createChatDecoder({ startsInReasoning, createCallId: () => "call_1" }), chunks),
        );
        expect(fromText).toEqual(fromParsed);
      }),
      { numRuns: repetitions({ short: 150, full: 3_000 }) },
    );
  },
);
