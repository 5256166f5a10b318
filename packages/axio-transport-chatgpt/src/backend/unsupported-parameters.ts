import type { UnsupportedParameters } from "axio-transport-kit";

/** The parameters that the documentation excludes, and those that would contradict the rest of the request. */
export const UNSUPPORTED_PARAMETERS: UnsupportedParameters = {
  reason: "On a ChatGPT plan, the API does not support it.",
  names: new Set([
    "background",
    "conversation",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "moderation",
    "multi_agent",
    "previous_response_id",
    "prompt",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "temperature",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
  ]),
};
