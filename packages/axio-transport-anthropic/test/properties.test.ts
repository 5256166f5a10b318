import { AxioError, type Block, type Message } from "axio";
import { CLAUDE_MODELS, findClaudeRefusal } from "axio-simulator";
import fc from "fast-check";
import { anyHistory, anyTools } from "test-support/any-history";
import { repetitions } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { build, messagesOf } from "./support/build.ts";
import { decodeParts, streamOf, text, thinking, toolUse } from "./support/decode.ts";
import { requestJudge } from "./support/fixtures.ts";
import { faultsOf } from "./support/request-rules.ts";

const judge = requestJudge();
const model = fc.constantFrom("claude-sonnet-5-5", "claude-opus-4-8", "claude-sonnet-4-5", "claude-next");
/** The newest message, so that everything before it is fitted and not refused. */
const PROMPT: Message = { role: "user", content: [{ type: "text", text: "Go on." }] };

/** Output of the model, as the decoder gives it out. */
const wireBlock = fc.oneof(
  fc.string().map((shown) => text(shown)),
  fc.constant(text(" ")),
  fc.tuple(fc.string(), fc.string({ minLength: 1 })).map(([shown, signature]) => thinking(shown, signature)),
  fc.string({ minLength: 1 }).map((data) => ({ start: { type: "redacted_thinking", data } })),
  fc.constantFrom("toolu_1", "toolu_2", "functions.x:0").map((id) => toolUse(id, "read", '{"path":"a"}')),
  fc.constant({
    start: { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
  }),
  fc.constant({ start: { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] } }),
  fc.constant({ start: { type: "compaction", content: "Summary." } }),
);
const output: fc.Arbitrary<Message> = fc
  .array(wireBlock, { maxLength: 6 })
  .map((blocks) => ({ role: "assistant", content: decodeParts(streamOf(blocks)).blocks }));
const result: fc.Arbitrary<Block> = fc
  .constantFrom("toolu_1", "toolu_2", "functions.x:0")
  .map((toolCallId) => ({
    type: "tool-result",
    toolCallId,
    content: "ok",
  }));
const input: fc.Arbitrary<Message> = fc
  .array(
    fc.oneof(
      result,
      result,
      fc.string().map((said): Block => ({ type: "text", text: said })),
    ),
    { maxLength: 4 },
  )
  .map((content) => ({ role: "user", content }));
const ownHistory = fc.array(fc.oneof(output, input), { maxLength: 10 });
const history = fc.oneof(
  anyHistory,
  ownHistory,
  fc.tuple(anyHistory, ownHistory).map((parts) => parts.flat()),
);

describe("any history", () => {
  test("becomes a request that the API accepts, with the same bytes each time", () => {
    fc.assert(
      fc.property(history, anyTools, model, fc.boolean(), (messages, tools, id, hasPrompt) => {
        const all = hasPrompt ? [...messages, PROMPT] : messages;
        let built: ReturnType<typeof build>;
        try {
          built = build(all, { model: id, tools });
        } catch (error) {
          // Only what the user just wrote is refused.
          if (hasPrompt || !AxioError.is(error, "unsupported-content")) throw error;
          return;
        }
        expect(faultsOf(built.body)).toEqual([]);
        expect(judge(built.body)).toBe("");
        const claude = CLAUDE_MODELS.find((each) => each.id === id);
        expect(
          findClaudeRefusal(built.body, {
            model: claude,
            betas: new Set(built.betas),
            isRecorded: () => true,
          }),
        ).toBeUndefined();
        expect(JSON.stringify(build(all, { model: id, tools }))).toBe(JSON.stringify(built));
        expect(JSON.stringify(built.body)).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/i);
      }),
      { numRuns: repetitions({ short: 40, full: 150 }) },
    );
  });

  test("begins as it did before the next step, so that the cache is found again", () => {
    const step: Message = { role: "assistant", content: [{ type: "text", text: "Done." }] };
    fc.assert(
      fc.property(history, ownHistory, model, (before, after, id) => {
        const first = messagesOf(build([...before, PROMPT], { model: id }));
        const second = messagesOf(build([...before, PROMPT, step, ...after, PROMPT], { model: id }));
        expect(JSON.stringify(second.slice(0, first.length))).toBe(JSON.stringify(first));
      }),
      { numRuns: 80 },
    );
  });

  test("survives JSON", () => {
    fc.assert(
      fc.property(ownHistory, model, (messages, id) => {
        const copy = JSON.parse(JSON.stringify(messages)) as Message[];
        expect(JSON.stringify(build([...copy, PROMPT], { model: id }))).toBe(
          JSON.stringify(build([...messages, PROMPT], { model: id })),
        );
      }),
      { numRuns: 60 },
    );
  });
});
