import type { JsonObject, Usage } from "axio";
import { readNumber, readObject } from "../json-members.ts";

/** The usage that a chunk reports: in the chunk, in Groq's `x_groq`, or in Moonshot's choice. */
export function findUsage(chunk: JsonObject, choice: JsonObject | undefined): JsonObject | undefined {
  return (
    readObject(chunk["usage"]) ??
    readObject(readObject(chunk["x_groq"])?.["usage"]) ??
    readObject(choice?.["usage"])
  );
}

/** Reads token counts. What the server does not report counts as 0. */
export function readUsage(wire: JsonObject | undefined): Usage {
  const input = readObject(wire?.["prompt_tokens_details"]);
  const output = readObject(wire?.["completion_tokens_details"]);
  const prompt = count(wire?.["prompt_tokens"]);
  const completion = count(wire?.["completion_tokens"]);
  const total = count(wire?.["total_tokens"]);
  const reasoning = count(output?.["reasoning_tokens"]) || count(wire?.["reasoning_tokens"]);
  const cached =
    count(input?.["cached_tokens"]) ||
    count(wire?.["prompt_cache_hit_tokens"]) ||
    count(wire?.["cached_tokens"]);
  // Bridges to Anthropic count what is read from and written to the cache beside the prompt.
  const cacheRead = count(wire?.["cache_read_input_tokens"]);
  const cacheTokens = cacheRead + count(wire?.["cache_creation_input_tokens"]);
  const isBeside = cacheTokens > 0 && (cacheTokens > prompt || total === prompt + completion + cacheTokens);
  const inputTokens = isBeside ? prompt + cacheTokens : prompt;
  // xAI does not count reasoning among the completion tokens.
  const outputTokens =
    reasoning > 0 && total === prompt + completion + reasoning ? completion + reasoning : completion;
  const written = count(input?.["cache_write_tokens"]) || count(wire?.["cache_creation_input_tokens"]);
  // OpenRouter states the price of each response.
  const cost = readNumber(wire?.["cost"]);
  return {
    inputTokens,
    cachedInputTokens: Math.min(cached || cacheRead, inputTokens),
    ...(written === 0 ? {} : { cacheWriteTokens: Math.min(written, inputTokens) }),
    outputTokens,
    reasoningTokens: Math.min(reasoning, outputTokens),
    ...(cost === undefined || cost < 0 ? {} : { costUsd: cost }),
  };
}

function count(value: unknown): number {
  return Math.max(0, readNumber(value) ?? 0);
}
