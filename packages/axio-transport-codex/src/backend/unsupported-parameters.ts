import type { UnsupportedParameters } from "axio-transport-kit";

/** The parameters that the backend rejects, and those that would contradict the rest of the request. */
export const UNSUPPORTED_PARAMETERS: UnsupportedParameters = {
  reason: "The Codex backend does not support it.",
  names: new Set([
    "background",
    "frequency_penalty",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "presence_penalty",
    "previous_response_id",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "seed",
    "stream_options",
    "temperature",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
  ]),
};
