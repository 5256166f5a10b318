/** The response to request. It is part of the prompt, so that one client object can request both kinds. */
export type Task =
  | { readonly kind: "deltas"; readonly count: number }
  | { readonly kind: "big-event"; readonly characters: number };

const MODEL = "gpt-5.4";
const RESPONSE_ID = "resp_0b1d8a52c7e94f6a0069f0c1a2b3c48195a4c1d7e2f3a4b5c6";
const ITEM_ID = "msg_0b1d8a52c7e94f6a0069f0c1a9e8d881959f7e6d5c4b3a2918";
const INSTRUCTIONS = "You are a coding agent. Be concise, say what you do, and finish what you began.";
const WORDS =
  "the borrow checker keeps one owner for each value and lends it out either once for writing or many times for reading";
const TOKENS: readonly string[] = WORDS.split(" ").map((word) => ` ${word}`);
const OBFUSCATION = "u7Gk2QxZp0Lr9aVw";
const PREFIX_EVERY = 40;

/** Returns the prompt for a task. */
export function promptFor(task: Task): string {
  return task.kind === "deltas"
    ? `Stream ${task.count} deltas.`
    : `Stream one delta of ${task.characters} characters.`;
}

/** Reads the task from a request body. */
export function taskOf(requestBody: string): Task | undefined {
  const deltas = /Stream (\d+) deltas\./.exec(requestBody)?.[1];
  if (deltas !== undefined) return { kind: "deltas", count: Number(deltas) };
  const characters = /Stream one delta of (\d+) characters\./.exec(requestBody)?.[1];
  return characters === undefined ? undefined : { kind: "big-event", characters: Number(characters) };
}

/** Returns the deltas that the server sends for a task. Every client must deliver each of them. */
export function deltasOf(task: Task): readonly string[] {
  if (task.kind === "big-event") {
    return [
      "All of it in one piece, a line at a time.\n"
        .repeat(task.characters / 42 + 1)
        .slice(0, task.characters),
    ];
  }
  return Array.from({ length: task.count }, (_, index) =>
    index % PREFIX_EVERY === 0 ? `\n\n${index}.` : (TOKENS[index % TOKENS.length] ?? ""),
  );
}

/**
 * Returns the response like the Codex backend: the request echoed twice at the beginning and once at the end, and each delta
 * with item, number and padding. The events that repeat the text at the end of the item omit a big one, so that one event is
 * measured.
 */
export function answerEvents(task: Task): readonly object[] {
  const deltas = deltasOf(task);
  const text = task.kind === "deltas" ? deltas.join("") : "";
  const part = (value: string): object => ({
    type: "output_text",
    annotations: [],
    logprobs: [],
    text: value,
  });
  const item = (status: string, content: readonly object[]): object => ({
    id: ITEM_ID,
    type: "message",
    status,
    content,
    phase: "final_answer",
    role: "assistant",
  });
  const place = { content_index: 0, item_id: ITEM_ID, output_index: 0 };
  const done = item("completed", task.kind === "deltas" ? [part(text)] : []);
  const events: readonly object[] = [
    { type: "response.created", response: response("in_progress", [], null) },
    { type: "response.in_progress", response: response("in_progress", [], null) },
    { type: "response.output_item.added", item: item("in_progress", []), output_index: 0 },
    { type: "response.content_part.added", ...place, part: part("") },
    ...deltas.map((delta) => ({
      type: "response.output_text.delta",
      content_index: 0,
      delta,
      item_id: ITEM_ID,
      logprobs: [],
      obfuscation: OBFUSCATION.slice(Math.min(delta.length, 15)),
      output_index: 0,
    })),
    ...(task.kind === "deltas"
      ? [
          { type: "response.output_text.done", ...place, logprobs: [], text },
          { type: "response.content_part.done", ...place, part: part(text) },
        ]
      : []),
    { type: "response.output_item.done", item: done, output_index: 0 },
    { type: "response.completed", response: response("completed", [done], usage(deltas.length)) },
  ];
  return events.map((event, index) => ({ ...event, sequence_number: index }));
}

/** Encodes an event stream. */
export function encodeEvents(events: readonly object[]): Buffer {
  return Buffer.concat(
    events.map((event) => {
      const { type } = event as { readonly type: string };
      return Buffer.from(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
    }),
  );
}

function response(status: string, output: readonly object[], usageOfIt: object | null): object {
  return {
    id: RESPONSE_ID,
    object: "response",
    created_at: 1_777_400_000,
    status,
    background: false,
    completed_at: status === "completed" ? 1_777_400_060 : null,
    error: null,
    frequency_penalty: 0,
    incomplete_details: null,
    instructions: INSTRUCTIONS,
    max_output_tokens: null,
    max_tool_calls: null,
    model: MODEL,
    output,
    parallel_tool_calls: true,
    presence_penalty: 0,
    previous_response_id: null,
    prompt_cache_key: "019f0c1a-2b3c-7d4e-8f50-6172839405a6",
    prompt_cache_retention: null,
    reasoning: { effort: "none", summary: null },
    safety_identifier: "user-Xk29dPq8",
    service_tier: "auto",
    store: false,
    temperature: 1,
    text: { format: { type: "text" }, verbosity: "medium" },
    tool_choice: "auto",
    tool_usage: {
      image_gen: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
      web_search: { num_requests: 0 },
    },
    tools: [],
    top_logprobs: 0,
    top_p: 0.98,
    truncation: "disabled",
    usage: usageOfIt,
    user: null,
    metadata: {},
  };
}

function usage(outputTokens: number): object {
  return {
    input_tokens: 42,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: outputTokens + 42,
  };
}
