import type { JsonObject } from "../json.ts";
import type { WireUsage } from "../stream/envelope.ts";
import type { ChatSwitches } from "./switches.ts";

/** The usage of a response in the form of a server. */
export function chatUsage(usage: WireUsage, shape: ChatSwitches["usageShape"]): JsonObject {
  const { inputTokens, cachedTokens, outputTokens, reasoningTokens } = usage;
  const counts = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  switch (shape) {
    case "openai":
      return {
        ...counts,
        prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0, cache_write_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: reasoningTokens,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      };
    case "deepseek":
      return {
        ...counts,
        prompt_tokens_details: { cached_tokens: cachedTokens },
        completion_tokens_details: { reasoning_tokens: reasoningTokens },
        prompt_cache_hit_tokens: cachedTokens,
        prompt_cache_miss_tokens: inputTokens - cachedTokens,
      };
    case "moonshot":
      return { ...counts, cached_tokens: cachedTokens };
    case "xai":
      // The reasoning is not part of the completion.
      return {
        ...counts,
        completion_tokens: outputTokens - reasoningTokens,
        prompt_tokens_details: { text_tokens: inputTokens, cached_tokens: cachedTokens, image_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: reasoningTokens, audio_tokens: 0 },
        num_sources_used: 0,
      };
    case "anthropic":
      return {
        ...counts,
        prompt_tokens: inputTokens - cachedTokens,
        cache_read_input_tokens: cachedTokens,
        cache_creation_input_tokens: 0,
      };
    case "minimal":
      return counts;
  }
}
