import type { JsonObject, TransportEvent } from "axio";
import { type ChatDecoderOptions, createChatDecoder } from "../src/index.ts";

/** Decodes a whole response, its end included. */
export function decodeChat(
  chunks: readonly unknown[],
  options: ChatDecoderOptions = {},
): readonly TransportEvent[] {
  let calls = 0;
  const decoder = createChatDecoder({ createCallId: () => `minted_${++calls}`, ...options });
  const out: TransportEvent[] = [];
  for (const chunk of chunks) decoder.decode(chunk, out);
  decoder.end(out);
  return out;
}

/** A chunk with this delta. */
export function chunk(delta: unknown, finishReason: string | null = null): JsonObject {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "model-1",
    choices: [{ index: 0, delta: delta as JsonObject, finish_reason: finishReason }],
  };
}

/** A chunk with text. */
export function textChunk(content: string): JsonObject {
  return chunk({ content });
}

/** A chunk with deltas of tool calls. */
export function callChunk(...calls: readonly JsonObject[]): JsonObject {
  return chunk({ tool_calls: calls });
}

/** The chunk with the usage, which has no choice. */
export function usageChunk(
  usage: JsonObject = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
): JsonObject {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "model-1",
    choices: [],
    usage,
  };
}

/** The deltas that the user sees, joined by block. */
export function shown(events: readonly TransportEvent[]): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  for (const event of events) {
    if (!("delta" in event) || !("index" in event)) continue;
    texts.set(event.index, (texts.get(event.index) ?? "") + event.delta);
  }
  return texts;
}
