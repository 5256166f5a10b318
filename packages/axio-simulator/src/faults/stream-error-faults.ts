import type { JsonObject } from "../json.ts";
import { type EnvelopeContext, envelope } from "../stream/envelope.ts";
import { eventFrame, type FaultPoint, type WireEvent } from "../stream/frames.ts";
import { endFault, type Fault, type FaultParameters } from "./fault.ts";

const FAILURES: readonly (readonly [code: string, message: string])[] = [
  ["server_is_overloaded", "Our servers are currently overloaded. Please try again later."],
  ["slow_down", "Please slow down and try again later."],
  ["rate_limit_exceeded", "Rate limit reached for this model. Please try again in 0.05s."],
  ["server_error", "An error occurred while processing your request."],
  ["context_length_exceeded", "Your input exceeds the context window of this model."],
  ["insufficient_quota", "You exceeded your current quota."],
  ["usage_not_included", "Your plan does not include Codex."],
  ["invalid_prompt", "Invalid prompt: your prompt was flagged."],
  ["cyber_policy", "This request was flagged for possible cyber abuse."],
  ["bio_policy", "This request was flagged by a policy."],
  ["misalignment_policy_violation", "This request was refused by a safety policy."],
  ["model_not_found", "The model does not exist."],
];

/** Errors inside a stream with status 200. */
export const STREAM_ERROR_FAULTS: readonly Fault[] = [
  ...FAILURES.map(([code, message]) =>
    ending(`failed:${code}`, `response.failed with the code ${code}`, "created", (context, parameters) => [
      failed(context, { code, message: parameters["message"] ?? message }),
    ]),
  ),
  ending("failed", "response.failed; code=, message=", "created", (context, parameters) => [
    failed(context, { code: parameters["code"] ?? null, message: parameters["message"] ?? "It failed." }),
  ]),
  ending("failed_without_error", "response.failed with the error null", "created", (context) => [
    {
      type: "response.failed",
      response: envelope(context, { status: "failed", output: [], usage: undefined }),
    },
  ]),
  ending("failed_numeric_code", "response.failed with a number as its code", "created", (context) => [
    failed(context, { code: 500 as unknown as string, message: "It failed." }),
  ]),
  ending("incomplete:max_output_tokens", "response.incomplete, the output is too long", "text", (context) => [
    incomplete(context, "max_output_tokens"),
  ]),
  ending("incomplete:content_filter", "response.incomplete, the output was filtered", "text", (context) => [
    incomplete(context, "content_filter"),
  ]),
  ending("incomplete_without_reason", "response.incomplete without details", "text", (context) => [
    {
      type: "response.incomplete",
      response: envelope(context, { status: "incomplete", output: [], usage: undefined }),
    },
  ]),
  ending("completed:incomplete", "response.completed with the status incomplete", "text", (context) => [
    { ...incomplete(context, "max_output_tokens"), type: "response.completed" },
  ]),
  ending("completed:failed", "response.completed with the status failed", "text", (context) => [
    { ...failed(context, { code: "server_error", message: "It failed." }), type: "response.completed" },
  ]),
  ending("cancelled", "response.cancelled", "text", (context) => [
    {
      type: "response.cancelled",
      response: envelope(context, { status: "cancelled", output: [], usage: undefined }),
    },
  ]),
  ending("error_event", "an error event with flat members; code=, message=", "created", (_, parameters) => [
    { type: "error", ...errorOf(parameters), param: null },
  ]),
  ending("error_event_nested", "an error event with its details in `error`", "created", (_, parameters) => [
    { type: "error", error: { type: "server_error", ...errorOf(parameters), param: null } },
  ]),
  ending(
    "error_event_then_failed",
    "an error event, then response.failed",
    "created",
    (context, parameters) => [
      { type: "error", error: { type: "server_error", ...errorOf(parameters), param: null } },
      failed(context, errorOf(parameters)),
    ],
  ),
  ending("error_event_usage_limit", "an error event with the usage limit and its reset", "created", () => {
    const seconds = 5400;
    return [
      {
        type: "error",
        status: 429,
        error: {
          type: "usage_limit_reached",
          code: null,
          message: "The usage limit has been reached",
          plan_type: "plus",
          resets_at: Math.floor(Date.now() / 1000) + seconds,
          resets_in_seconds: seconds,
        },
      },
    ];
  }),
  ending("error_without_type", "an error object without `type`", "created", () => [
    { error: { message: "It failed.", code: "server_error" } } as unknown as WireEvent,
  ]),
];

function ending(
  name: string,
  summary: string,
  at: FaultPoint,
  events: (context: EnvelopeContext, parameters: FaultParameters) => readonly WireEvent[],
): Fault {
  return endFault(name, summary, at, (parameters, context) => events(context, parameters).map(eventFrame));
}

function failed(context: EnvelopeContext, error: { code: string | null; message: string }): WireEvent {
  return {
    type: "response.failed",
    response: envelope(context, { status: "failed", output: [], usage: undefined, error }),
  };
}

function incomplete(context: EnvelopeContext, incompleteReason: string): WireEvent {
  const usage = { inputTokens: 100, cachedTokens: 0, outputTokens: 8, reasoningTokens: 0 };
  return {
    type: "response.incomplete",
    response: envelope(context, { status: "incomplete", output: [], usage, incompleteReason }),
  };
}

function errorOf(parameters: FaultParameters): { code: string; message: string } & JsonObject {
  return {
    code: parameters["code"] ?? "server_is_overloaded",
    message: parameters["message"] ?? "Our servers are currently overloaded. Please try again later.",
  };
}
