import { deltasOf, type Task } from "../answer.ts";

/** An API with keys. */
export type Wire = "chat" | "messages";

/** The models of the clients. */
export const WIRE_MODELS = { chat: "gpt-4.1", messages: "claude-sonnet-5-5" } as const;

/** The response of an API, encoded as an event stream. */
export function encodeWire(wire: Wire, task: Task): Buffer {
  const deltas = deltasOf(task);
  return Buffer.from(wire === "chat" ? chatChunks(deltas).join("") : messagesStream(deltas));
}

const OBFUSCATION = "u7Gk2QxZp0Lr9aVw";

/**
 * The server-sent events of Chat Completions as OpenAI sends them: each with the facts of the response and with padding. The
 * first one has no text.
 */
export function chatChunks(deltas: readonly string[]): readonly string[] {
  const facts = {
    id: "chatcmpl-C2P1wP1damHwC6sXvGAIh5PMvH6wM",
    object: "chat.completion.chunk",
    created: 1_777_400_000,
    model: "gpt-4.1-2025-04-14",
    service_tier: "default",
    system_fingerprint: "fp_ff25b2783a",
  };
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...facts,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
    obfuscation: OBFUSCATION.slice(JSON.stringify(delta).length % 16),
  });
  const usage = {
    prompt_tokens: 42,
    completion_tokens: deltas.length,
    total_tokens: deltas.length + 42,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
  const chunks = [
    chunk({ role: "assistant", content: "", refusal: null }),
    ...deltas.map((content) => chunk({ content })),
    chunk({}, "stop"),
    { ...facts, choices: [], usage, obfuscation: "" },
  ];
  return [...chunks.map((value) => `data: ${JSON.stringify(value)}\n\n`), "data: [DONE]\n\n"];
}

/** Events as Anthropic sends them: one block of text, padded with spaces before the last brace. */
function messagesStream(deltas: readonly string[]): string {
  const usage = {
    input_tokens: 42,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 1,
    service_tier: "standard",
  };
  const message = {
    model: WIRE_MODELS.messages,
    id: "msg_01ALwQ87pTS7hH1PjSdC9wJD",
    type: "message",
    role: "assistant",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage,
  };
  const events: readonly { readonly type: string }[] = [
    { type: "message_start", message } as { type: string },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as { type: string },
    { type: "ping" },
    ...deltas.map((text) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    })),
    { type: "content_block_stop", index: 0 } as { type: string },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null, stop_details: null },
      usage: { ...usage, output_tokens: deltas.length },
    } as { type: string },
    { type: "message_stop" },
  ];
  return events
    .map((event, index) => {
      const json = JSON.stringify(event);
      return `event: ${event.type}\ndata: ${json.slice(0, -1)}${" ".repeat(index % 14)}}\n\n`;
    })
    .join("");
}
