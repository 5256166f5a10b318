import type { UnsupportedParameters } from "axio-transport-kit";

/** What the documentation says must be left out, and what would contradict the rest of the request. */
export const UNSUPPORTED_PARAMETERS: UnsupportedParameters = {
  reason: "On a ChatGPT plan, the API takes no such setting.",
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
