import type { ErrorRule } from "../dialect/error-kinds.ts";

/**
 * The rules for errors of any server. The first rule that fits counts: codes come before words, and words before statuses, since
 * servers report one failure under different statuses.
 */
export const COMMON_RULES: readonly ErrorRule[] = [
  // Lack of money is permanent, whichever status announces it. OpenAI varies the code, not the type.
  {
    kind: "credit",
    codes: [
      "insufficient_quota",
      "credit_balance_exhausted",
      "billing_hard_limit_reached",
      "billing_not_active",
      "organization_spend_limit_exceeded",
      "project_spend_limit_exceeded",
      "organization_usage_limit_exceeded",
      "usage_limit_reached",
      "exceeded_current_quota_error",
      "arrearage",
    ],
  },
  { kind: "credit", pattern: "insufficient balance|used all available credits|monthly spending limit" },
  {
    kind: "context-length",
    codes: ["context_length_exceeded", "exceed_context_size_error", "string_above_max_length"],
  },
  {
    kind: "request-too-large",
    statuses: [413, 429],
    pattern: "request too large for",
    message:
      "{server} allows no request of this size to the account. Compact the conversation, or raise the limit.",
  },
  { kind: "rate-limit", codes: ["rate_limit_exceeded", "rate_limit_error"] },
  { kind: "rate-limit", statuses: [429], codes: ["slow_down", "resource_exhausted", "requests", "tokens"] },
  { kind: "loading", pattern: "loading model|model is (?:currently )?loading" },
  {
    kind: "overloaded",
    codes: [
      "server_is_overloaded",
      "overloaded_error",
      "slow_down",
      "service_unavailable_error",
      "unavailable_error",
      "unavailable",
      "engine_overloaded_error",
      "insufficient_system_resource",
    ],
  },
  { kind: "country", codes: ["unsupported_country_region_territory"] },
  { kind: "country", pattern: "user location is not supported" },
  { kind: "api-key", codes: ["invalid_api_key", "authentication_error", "unauthenticated"] },
  {
    kind: "api-key",
    statuses: [400, 403],
    pattern: "api key (?:not valid|expired)|(?:invalid|incorrect) api key",
  },
  { kind: "forbidden", codes: ["permission_error", "permission_denied"] },
  {
    kind: "policy",
    codes: [
      "content_filter",
      "content_policy_violation",
      "responsibleaipolicyviolation",
      "content_policy",
      "image_content_policy_violation",
      "bio_policy",
      "cyber_policy",
      "misalignment_policy_violation",
      "invalid_prompt",
      "data_inspection_failed",
    ],
  },
  { kind: "model", codes: ["model_not_found", "model_not_supported", "deploymentnotfound"] },
  {
    kind: "responses-only",
    pattern:
      "function tools with reasoning_effort are not supported|supported in v1/responses|use /v1/responses",
  },
  {
    kind: "parameter",
    codes: ["unknown_parameter", "unsupported_parameter", "unsupported_value", "extra_forbidden"],
  },
  {
    kind: "parameter",
    pattern:
      "unrecognized request argument|property '[^']+' is unsupported|extra inputs are not permitted|unsupported parameter|unknown (?:parameter|field)|options not supported",
  },
  { kind: "no-tool-use", pattern: "support tool use|not support tools|tool calling is not supported" },
  {
    kind: "content",
    pattern:
      "(?:not support|support) (?:image|vision|audio|file|pdf)|image_url is only supported|image input is not",
  },
  { kind: "tool-call", codes: ["tool_use_failed"] },
  {
    kind: "context-length",
    pattern:
      "maximum context length|context window|context length|prompt is too long|exceeds the available context|input token count|context (?:the )?overflows",
  },
  {
    kind: "model",
    pattern: "\\bmodel\\b.{0,120}(?:not found|does not exist|not supported|no access|not available)",
  },
  { kind: "credit", statuses: [402] },
  { kind: "api-key", statuses: [401] },
  { kind: "forbidden", statuses: [403] },
  { kind: "not-found", statuses: [404] },
  { kind: "unavailable", statuses: [408, 409, 425] },
  { kind: "context-length", statuses: [413], pattern: "token|context" },
  { kind: "request-too-large", statuses: [413] },
  { kind: "rate-limit", statuses: [429] },
  { kind: "overloaded", statuses: [503, 529] },
  { kind: "server", statuses: [500, 502, 504] },
  { kind: "invalid", codes: ["invalid_request_error", "invalid_argument"] },
];
