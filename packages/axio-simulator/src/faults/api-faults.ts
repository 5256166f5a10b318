import { errorReply, jsonReply } from "../http/reply.ts";
import { type Fault, numberParameter, replyFault } from "./fault.ts";
import { plainText, rateLimit } from "./status-faults.ts";

/** The codes of a 429 that does not go away by itself. */
const SPENT: readonly (readonly [code: string, message: string])[] = [
  ["credit_balance_exhausted", "Your credit balance is used up. Please add credits to continue."],
  ["billing_hard_limit_reached", "Billing hard limit has been reached."],
  ["billing_not_active", "Your account is not active, please check your billing details on our website."],
  ["organization_spend_limit_exceeded", "Your organization has reached its spend limit."],
  ["project_spend_limit_exceeded", "Your project has reached its spend limit."],
  ["organization_usage_limit_exceeded", "Your organization has reached its usage limit."],
];

/** Responses with an error status that services with an API key have, and servers that speak like OpenAI. */
export const API_FAULTS: readonly Fault<unknown>[] = [
  replyFault("invalid_api_key", "401, the key is wrong", () =>
    errorReply(401, {
      message:
        "Incorrect API key provided: sk-simul****************-key. You can find your API key at https://platform.openai.com/account/api-keys.",
      code: "invalid_api_key",
    }),
  ),
  ...SPENT.map(([code, message]) =>
    replyFault(code, `429 with the code ${code}, permanent`, () =>
      errorReply(429, { message, type: "insufficient_quota", code }),
    ),
  ),
  replyFault("quota_by_type", "429 with the type insufficient_quota and another code", () =>
    errorReply(429, { message: "You exceeded your current quota.", type: "insufficient_quota", code: "429" }),
  ),
  replyFault("request_too_large", "429, the request exceeds the limit per minute", () =>
    errorReply(429, {
      message:
        "Request too large for gpt-5.5 in organization org-sim on tokens per min (TPM): Limit 30000, Requested 48211. The input or output tokens must be reduced in order to run successfully.",
      type: "tokens",
      code: "rate_limit_exceeded",
    }),
  ),
  replyFault("slow_down_429", "429, code slow_down", () =>
    errorReply(429, { message: "Please slow down.", type: "rate_limit_error", code: "slow_down" }),
  ),
  replyFault("rate_limit_no_retry", "429 with the header x-should-retry: false", () =>
    rateLimit({ "x-should-retry": "false" }),
  ),
  replyFault("bad_request_retry", "400 with the header x-should-retry: true", () =>
    jsonReply(
      400,
      { error: { message: "Try this again.", type: "invalid_request_error", code: null, param: null } },
      {
        "x-should-retry": "true",
      },
    ),
  ),
  replyFault("overloaded_529", "529 of a server that is overloaded", () =>
    errorReply(529, { message: "Overloaded", type: "overloaded_error" }),
  ),
  replyFault("payment_required", "402, no credit", () =>
    jsonReply(402, {
      error: { code: 402, message: "Insufficient credits. Add more using https://openrouter.ai/credits" },
    }),
  ),
  replyFault("insufficient_balance", "402 of DeepSeek", () =>
    errorReply(402, {
      message: "Insufficient Balance",
      type: "unknown_error",
      code: "invalid_request_error",
    }),
  ),
  replyFault("in_flight_budget", "402 of OpenRouter that goes away; retry-after=", (parameters) =>
    jsonReply(
      402,
      {
        error: {
          code: 402,
          message: "Requests in flight exceed the balance.",
          metadata: { limit_source: "openrouter_in_flight_budget" },
        },
      },
      { "retry-after": parameters["retry-after"] ?? "0" },
    ),
  ),
  replyFault("moderation", "403 of OpenRouter with reasons", () =>
    jsonReply(403, {
      error: {
        code: 403,
        message: "Your input was flagged",
        metadata: { reasons: ["violence"], flagged_input: "…", provider_name: "Simulator" },
      },
    }),
  ),
  replyFault("no_tool_endpoints", "404 of OpenRouter, no provider supports tools", () =>
    jsonReply(404, { error: { code: 404, message: "No endpoints found that support tool use." } }),
  ),
  replyFault("model_unknown", "404, the model does not exist", ({ model = "gpt-none" }) =>
    errorReply(404, {
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      code: "model_not_found",
    }),
  ),
  replyFault("model_not_pulled", "404 of Ollama", () =>
    errorReply(404, { message: 'model "qwen9" not found, try pulling it first', type: "not_found_error" }),
  ),
  replyFault("content_filter_azure", "400 of Azure, a filter refused the prompt", () =>
    jsonReply(400, {
      error: {
        code: "content_filter",
        status: 400,
        message: "The response was filtered due to the prompt triggering the content management policy.",
        param: "prompt",
        type: null,
        innererror: {
          code: "ResponsibleAIPolicyViolation",
          content_filter_result: { violence: { filtered: true, severity: "high" } },
        },
      },
    }),
  ),
  replyFault(
    "array_error",
    "429 of Gemini, an array with the delay in its details; delay=",
    ({ delay = "0.05s" }) =>
      jsonReply(429, [
        {
          error: {
            code: 429,
            message: "Resource has been exhausted.",
            status: "RESOURCE_EXHAUSTED",
            details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: delay }],
          },
        },
      ]),
  ),
  replyFault("extra_forbidden", "422 of Mistral, a member is not known", ({ name = "store" }) =>
    jsonReply(422, {
      detail: [{ type: "extra_forbidden", loc: ["body", name], msg: "Extra inputs are not permitted" }],
    }),
  ),
  replyFault("property_unsupported", "400 of Groq, a member is not known", ({ name = "store" }) =>
    errorReply(400, { message: `property '${name}' is unsupported` }),
  ),
  replyFault("unrecognized_argument", "400, a member is not known; name=", ({ name = "store" }) =>
    errorReply(400, { message: `Unrecognized request argument supplied: ${name}`, code: null }),
  ),
  replyFault("loading_model", "503 of llama.cpp while it loads", () =>
    jsonReply(503, { error: { message: "Loading model", type: "unavailable_error", code: 503 } }),
  ),
  replyFault("exceed_context_size", "400 of llama.cpp, the prompt is too long", () =>
    jsonReply(400, {
      error: {
        code: 400,
        message: "the request exceeds the available context size, try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 9000,
        n_ctx: 4096,
      },
    }),
  ),
  replyFault("no_tool_parser", "400 of vLLM that was started without a tool parser", () =>
    jsonReply(400, {
      object: "error",
      message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      type: "BadRequestError",
      param: null,
      code: 400,
    }),
  ),
  replyFault("template_error", "500 of llama.cpp with the trace of a chat template", () =>
    jsonReply(500, {
      error: {
        code: 500,
        message: `Value is not callable: null at row 1, column 1:\n${"  at template line\n".repeat(40)}`,
        type: "server_error",
      },
    }),
  ),
  replyFault("error_string", "400 with `error` as a string", ({ message = "model crashed" }) =>
    jsonReply(400, { error: message }),
  ),
  replyFault("plain_text", "200 plain text", () => plainText(200, "It works!")),
  replyFault("not_verified", "400, reasoning summaries need a verified organization", () =>
    errorReply(400, {
      message:
        "Your organization must be verified to generate reasoning summaries. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.",
      code: "unsupported_value",
      param: "reasoning.summary",
    }),
  ),
  replyFault("error_status", "any status with a body; status=, body=", (parameters) => ({
    kind: "plain",
    status: numberParameter(parameters, "status", 500),
    headers: { "content-type": parameters["content-type"] ?? "application/json" },
    body: parameters["body"] ?? "",
  })),
];
