import type { JsonObject } from "axio";
import { streamOf, text, toolUse } from "../support/decode.ts";
import { type Scripted, toStreamText } from "../support/server.ts";

/** A difficult stream, and the right result. */
export interface ParityCase {
  readonly title: string;
  readonly script: readonly Scripted[];
  /** The result of axio, in one line. */
  readonly right: string;
  /** Why it is right. */
  readonly reason: string;
}

const GOOD = streamOf([text("Hello")]);
const OVERLOADED: JsonObject = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
const SEARCH = {
  start: { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
};

function insert(event: JsonObject, at: number, events: readonly JsonObject[] = GOOD): readonly JsonObject[] {
  return [...events.slice(0, at), event, ...events.slice(at)];
}

export const CASES: readonly ParityCase[] = [
  {
    title: "no `event:` lines",
    script: [{ raw: toStreamText(GOOD, false) }],
    right: "Hello · end",
    reason: "gateways drop them; the type in the data says the same",
  },
  {
    title: "the stream ends after text",
    script: [GOOD.slice(0, 3), GOOD],
    right: "retries · Hello · end",
    reason: "the response is not complete",
  },
  {
    title: "the stream ends after `message_delta`",
    script: [GOOD.slice(0, -1), GOOD],
    right: "retries · Hello · end",
    reason: "`message_stop` is the end",
  },
  {
    title: "`overloaded_error` as the first event",
    script: [[OVERLOADED], GOOD],
    right: "Hello · end · 2 requests",
    reason: "nothing was shown yet, so the retry is invisible",
  },
  {
    title: "`overloaded_error` after text",
    script: [insert(OVERLOADED, 3), GOOD],
    right: "retries · Hello · end",
    reason: "an event says which blocks are void",
  },
  {
    title: "`pause_turn`",
    script: [streamOf([text("Let me search."), SEARCH], { stopReason: "pause_turn" }), GOOD],
    right: "Let me search.Hello · end · 2 requests",
    reason: "the response is not done, and only the transport can continue it",
  },
  {
    title: "`model_context_window_exceeded`",
    script: [streamOf([text("Hello")], { stopReason: "model_context_window_exceeded" })],
    right: "Hello · incomplete",
    reason: "a higher output limit would not help",
  },
  {
    title: "an unknown event type",
    script: [insert({ type: "message_thought", note: 1 }, 2)],
    right: "Hello · end",
    reason: "the API may add some at any time",
  },
  {
    title: "an unknown block type",
    script: [streamOf([{ start: { type: "hologram", data: 1 } }, text("Hello")])],
    right: "Hello · end",
    reason: "it is kept and sent back",
  },
  {
    title: "an unknown delta type",
    script: [insert({ type: "content_block_delta", index: 0, delta: { type: "odd_delta", odd: 1 } }, 2)],
    right: "Hello · end",
    reason: "the API may add some at any time",
  },
  {
    title: "a tool call without input",
    script: [streamOf([toolUse("toolu_1", "read", "")], { stopReason: "tool_use" })],
    right: "read {} · tool-use",
    reason: "no input is an empty object",
  },
  {
    title: "`max_tokens` inside the input of a call",
    script: [streamOf([toolUse("toolu_1", "read", '{"x":')], { stopReason: "max_tokens" })],
    right: "max-output-tokens",
    reason: "a call that was cut must not run",
  },
  {
    title: "input that is not JSON",
    script: [streamOf([toolUse("toolu_1", "read", '{"x": Done}')], { stopReason: "tool_use" })],
    right: 'read null from "{\\"x\\": Done}" · tool-use',
    reason: "the agent tells the model, which corrects it",
  },
  {
    title: "usage in `message_delta` is a total",
    script: [
      streamOf([text("Hello")], {
        message: {
          usage: {
            input_tokens: 10,
            cache_read_input_tokens: 7,
            cache_creation_input_tokens: 3,
            output_tokens: 1,
          },
        },
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 7,
          cache_creation_input_tokens: 3,
          output_tokens: 5,
        },
      }),
    ],
    right: "Hello · end · 20 in, 5 out",
    reason: "10 new, 7 read from the cache, 3 written to it",
  },
];
