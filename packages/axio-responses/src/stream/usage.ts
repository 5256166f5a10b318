import { isJsonObject, type JsonValue, type Usage } from "axio";

/** What the server says was spent. What it does not say counts as 0. */
export function usageOf(wire: JsonValue | undefined): Usage {
  return {
    inputTokens: tokens(wire, "input_tokens"),
    cachedInputTokens: tokens(memberOf(wire, "input_tokens_details"), "cached_tokens"),
    outputTokens: tokens(wire, "output_tokens"),
    reasoningTokens: tokens(memberOf(wire, "output_tokens_details"), "reasoning_tokens"),
  };
}

function tokens(wire: JsonValue | undefined, member: string): number {
  const count = memberOf(wire, member);
  return typeof count === "number" && Number.isFinite(count) && count > 0 ? count : 0;
}

function memberOf(wire: JsonValue | undefined, member: string): JsonValue | undefined {
  return isJsonObject(wire) ? wire[member] : undefined;
}
