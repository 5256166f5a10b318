/** A stream of Chat Completions, what two clients make of it, and what is right. */
export interface PeerStream {
  readonly name: string;
  /** The body of the response. */
  readonly body: string;
  /** The right outcome, as {@link summarizeEvents} words it. */
  readonly right: string;
  /** Why. */
  readonly reason: string;
}

function event(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

function chunk(delta: unknown, finish: string | null = null, more: object = {}): string {
  const choice = { index: 0, delta, finish_reason: finish, ...more };
  return event({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [choice] });
}

const FIRST = chunk({ role: "assistant", content: "" });
const HELLO = FIRST + chunk({ content: "Hello" });
const DONE = event("[DONE]");
const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const STOP = chunk({}, "stop");

function call(more: object): string {
  return chunk({ tool_calls: [more] });
}

const whole = (index: number | undefined, id: string | undefined, args: string): object => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  type: "function",
  function: { name: "g", arguments: args },
});

/** The streams that clients get wrong, each with its right outcome. */
export const PEER_STREAMS: readonly PeerStream[] = [
  {
    name: "cut after text, end of the body",
    body: HELLO,
    right: "stream-truncated",
    reason: "Half a response is not a response: the call is repeated.",
  },
  {
    name: "`[DONE]` without a finish reason",
    body: HELLO + DONE,
    right: "stream-truncated",
    reason: "Gateways send `[DONE]` after a cut, too. Without usage there is no second witness.",
  },
  {
    name: "usage and `[DONE]`, no finish reason",
    body: HELLO + event({ id: "c1", choices: [], usage: USAGE }) + DONE,
    right: 'end: "Hello"',
    reason: "Usage is the second witness: Snowflake never sends a finish reason.",
  },
  {
    name: "a usage chunk without `choices`",
    body: HELLO + STOP + event({ id: "c1", usage: USAGE }) + DONE,
    right: 'end: "Hello"',
    reason: "The member is optional for several servers.",
  },
  {
    name: "two calls, both `index: 0`, two ids",
    body:
      FIRST +
      call(whole(0, "a", '{"x":1}')) +
      call(whole(0, "b", '{"y":2}')) +
      chunk({}, "tool_calls") +
      DONE,
    right: 'tool-use: g{"x":1} g{"y":2}',
    reason: "Ollama and gateways tell calls apart by their id.",
  },
  {
    name: "two calls without an index in one delta",
    body:
      FIRST +
      chunk({ tool_calls: [whole(undefined, "a", '{"x":1}'), whole(undefined, "b", '{"y":2}')] }) +
      chunk({}, "tool_calls") +
      DONE,
    right: 'tool-use: g{"x":1} g{"y":2}',
    reason: "Gemini's compatible endpoint sends no index.",
  },
  {
    name: "a call without an id",
    body: FIRST + call(whole(0, undefined, '{"x":1}')) + chunk({}, "tool_calls") + DONE,
    right: 'tool-use: g{"x":1}',
    reason: "An id is made, so that the result can be paired.",
  },
  {
    name: 'a call with `arguments: ""`',
    body: FIRST + call(whole(0, "a", "")) + chunk({}, "tool_calls") + DONE,
    right: "tool-use: g{}",
    reason: "A call without arguments is an empty object.",
  },
  {
    name: '`finish_reason: "stop"` with a call',
    body: FIRST + call(whole(0, "a", '{"x":1}')) + STOP + DONE,
    right: 'tool-use: g{"x":1}',
    reason: "The call decides: agents that believe `stop` end early.",
  },
  {
    name: "`length` in the middle of the arguments",
    body: FIRST + call(whole(0, "a", '{"x":')) + chunk({}, "length") + DONE,
    right: "max-output-tokens",
    reason: "Half a call must not be run.",
  },
  {
    name: '`finish_reason: "error"` alone',
    body: HELLO + chunk({}, "error") + DONE,
    right: "server",
    reason: "OpenRouter says so that its upstream failed.",
  },
  {
    name: '`native_finish_reason: "network_error"`, empty',
    body: FIRST + chunk({ content: "" }, "stop", { native_finish_reason: "network_error" }) + DONE,
    right: "server",
    reason: "An empty success would end the run.",
  },
  {
    name: "`reasoning_content`",
    body: FIRST + chunk({ reasoning_content: "Hm" }) + chunk({ content: "Hello" }) + STOP + DONE,
    right: 'end: [Hm] "Hello"',
    reason: "DeepSeek and others want it back.",
  },
  {
    name: "`<think>` cut over chunks",
    body:
      FIRST +
      [..."<think>Hm</think>Hello"].map((letter) => chunk({ content: letter })).join("") +
      STOP +
      DONE,
    right: 'end: [Hm] "Hello"',
    reason: "Tags at the beginning are reasoning, wherever they are cut.",
  },
  {
    name: "content as parts (Mistral)",
    body:
      FIRST +
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm" }] }] }) +
      chunk({ content: [{ type: "text", text: "Hello" }] }) +
      STOP +
      DONE,
    right: 'end: [Hm] "Hello"',
    reason: "Parts are text, too.",
  },
  {
    name: "`refusal`",
    body: FIRST + chunk({ refusal: "No." }) + STOP + DONE,
    right: 'refusal: "No."',
    reason: "A refusal is no answer.",
  },
  {
    name: "a first delta without a role",
    body: chunk({ content: "Hello" }) + STOP + DONE,
    right: 'end: "Hello"',
    reason: "The role says nothing that is not known.",
  },
  {
    name: "an error chunk after a finish reason",
    body:
      HELLO +
      chunk({}, "length") +
      event({ id: "c1", choices: [], error: { code: 502, message: "Upstream failed" } }) +
      DONE,
    right: "server",
    reason: "OpenRouter reports failures of its upstream last.",
  },
  {
    name: "`event: error`",
    body: `${HELLO}event: error\n${event({ error: { message: "Busy", code: "server_is_overloaded" } })}`,
    right: "overloaded",
    reason: "Groq names the event.",
  },
  {
    name: "CRLF, comments, no space after the colon",
    body: `: ping\n\n${HELLO}${STOP}${DONE}`.replaceAll("data: ", "data:").replaceAll("\n", "\r\n"),
    right: 'end: "Hello"',
    reason: "All of it is valid.",
  },
  {
    name: "an Azure chunk without a delta, after the finish",
    body:
      HELLO +
      STOP +
      event({ id: "", choices: [{ index: 0, finish_reason: null, content_filter_results: {} }] }) +
      event({ id: "c1", choices: [], usage: USAGE }) +
      DONE,
    right: 'end: "Hello"',
    reason: "Annotations of the filter come late.",
  },
];
