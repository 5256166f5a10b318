import type { StopReason } from "axio";

/** The meaning of a finish reason. The content tells whether an `end` asks for tools or is a refusal. */
export type FinishMeaning = Exclude<StopReason, "tool-use" | "refusal"> | "failure";

const MEANINGS: ReadonlyMap<string, FinishMeaning> = new Map([
  ["stop", "end"],
  ["end_turn", "end"],
  ["eos", "end"],
  ["eos_token", "end"],
  ["stop_sequence", "end"],
  ["complete", "end"],
  ["completed", "end"],
  ["refusal", "end"],
  ["tool_calls", "end"],
  ["tool_use", "end"],
  ["function_call", "end"],
  ["length", "max-output-tokens"],
  ["max_tokens", "max-output-tokens"],
  ["model_length", "max-output-tokens"],
  ["max_output_tokens", "max-output-tokens"],
  ["content_filter", "content-filter"],
  ["safety", "content-filter"],
  ["recitation", "content-filter"],
  ["blocked", "content-filter"],
  ["error", "failure"],
  ["network_error", "failure"],
  ["malformed_function_call", "failure"],
  ["insufficient_system_resource", "failure"],
]);

/**
 * Reads how a response ended. A failure may stand only in OpenRouter's native reason; all other native reasons say less
 * than the normalized one. Unknown reasons leave the response incomplete.
 */
export function readFinishReason(reason: string, nativeReason: string | undefined): FinishMeaning {
  if (MEANINGS.get(nativeReason?.toLowerCase() ?? "") === "failure") return "failure";
  return MEANINGS.get(reason.toLowerCase()) ?? "incomplete";
}
