import type { ErrorCode, RunEndReason } from "axio";
import type { FaultPoint } from "axio-simulator";

/**
 * Where a fault occurs in a run of two steps: the first response has reasoning, text and a tool call; the second one, to the
 * tool result, has text.
 */
export type Point =
  /** The response to the request for a WebSocket. */
  "upgrade" | "before" | "reasoning" | "text" | "arguments" | "after-call" | "end" | "after-result";

/** The expected result of a run. */
export type Outcome =
  /** Succeeds as without the fault. */
  | { readonly is: "answer"; readonly toolRuns?: 0 | 1 }
  /** Succeeds over server-sent events, since the WebSocket is given up. */
  | { readonly is: "other-way" }
  /** Is retried. This is the error if the fault persists. */
  | { readonly is: "retried"; readonly code: ErrorCode }
  /** Is repeated once with refreshed credentials, whatever `maxRetries` is. This is the error if the fault persists. */
  | { readonly is: "refreshed"; readonly code: ErrorCode }
  /** Fails at once. */
  | { readonly is: "failed"; readonly code: ErrorCode }
  /** Ends early with a reason. These blocks of the faulty response stay. */
  | { readonly is: "stopped"; readonly reason: RunEndReason; readonly blocks: string };

/** A fault, its points, and its expected results. */
export interface Row {
  /** A name of the simulator's registry. */
  readonly fault: string;
  /** The parameters of the fault, as in the `fail` line of the simulator. */
  readonly parameters?: string;
  readonly points: readonly Point[];
  readonly outcome: Outcome;
  /** The outcomes of points that differ. */
  readonly except?: { readonly [point in Point]?: Outcome };
  /** Whether the stream has another shape: events in another order, or fewer deltas. */
  readonly reshaped?: true;
  /** Whether data in transit may be lost when the connection is cut. */
  readonly losesTail?: true;
  /** Whether the response headers state rate limits. Those of a stream always do. */
  readonly statesLimits?: true;
  /** Whether a kept connection is blamed: another one is opened at once, invisibly. */
  readonly blamesConnection?: true;
}

/** The points of a route: the place in the simulator, the events before it, and the blocks that a retry discards. */
export type Points = {
  readonly [point in Point]: {
    readonly title: string;
    readonly at: FaultPoint;
    readonly emitted: string;
    readonly discarded: readonly number[];
  };
};

/** The run without faults: its events, history and tool. */
export interface UndisturbedRun {
  readonly first: string;
  readonly tool: string;
  readonly second: string;
  readonly history: readonly string[];
}

/** The point in the simulator, and the events before it. */
export const POINTS: Points = {
  upgrade: { title: "at the upgrade", at: "before", emitted: "", discarded: [] },
  before: { title: "before the first event", at: "before", emitted: "", discarded: [] },
  reasoning: {
    title: "in reasoning",
    at: "reasoning",
    emitted: "rate-limits reasoning-delta",
    discarded: [0],
  },
  text: {
    title: "in text",
    at: "text",
    emitted: "rate-limits reasoning-delta block-end text-delta",
    discarded: [0, 1],
  },
  arguments: {
    title: "in tool input",
    at: "arguments",
    emitted: "rate-limits reasoning-delta block-end text-delta block-end tool-use-start tool-input-delta",
    discarded: [0, 1, 2],
  },
  "after-call": {
    title: "after a tool call",
    at: "after-call",
    emitted:
      "rate-limits reasoning-delta block-end text-delta block-end tool-use-start tool-input-delta block-end",
    discarded: [0, 1, 2],
  },
  end: {
    title: "at the end",
    at: "end",
    emitted:
      "rate-limits reasoning-delta block-end text-delta block-end tool-use-start tool-input-delta block-end",
    discarded: [0, 1, 2],
  },
  "after-result": {
    title: "in the response to a tool result",
    at: "text",
    emitted: "rate-limits text-delta",
    discarded: [0],
  },
};

/** The run over the Responses API without faults. */
export const UNDISTURBED: UndisturbedRun = {
  first:
    "rate-limits reasoning-delta block-end text-delta block-end tool-use-start tool-input-delta block-end step-end",
  tool: "tool-result",
  second: "rate-limits text-delta block-end step-end",
  history: ["user: text", "assistant: reasoning text tool-use", "user: tool-result", "assistant: text"],
};

const EVERYWHERE: readonly Point[] = [
  "before",
  "reasoning",
  "text",
  "arguments",
  "after-call",
  "end",
  "after-result",
];
/** A fault of a whole response occurs before its first event. */
const WHOLE: readonly Point[] = ["before", "after-result"];

const ANSWER: Outcome = { is: "answer" };
const retried = (code: ErrorCode): Outcome => ({ is: "retried", code });
const refreshed = (code: ErrorCode): Outcome => ({ is: "refreshed", code });
const failed = (code: ErrorCode): Outcome => ({ is: "failed", code });
const stopped = (reason: RunEndReason, blocks = ""): Outcome => ({ is: "stopped", reason, blocks });

const whole = (fault: string, outcome: Outcome, parameters?: string): Row => ({
  fault,
  points: WHOLE,
  outcome,
  ...(parameters === undefined ? {} : { parameters }),
});
export const everywhere = (fault: string, outcome: Outcome, rest: Partial<Row> = {}): Row => ({
  fault,
  points: EVERYWHERE,
  outcome,
  ...rest,
});
const shape = (fault: string, rest: Partial<Row> = {}): Row => ({
  fault,
  points: WHOLE,
  outcome: ANSWER,
  reshaped: true,
  ...rest,
});

/** A response that is cut at its limit: what was shown stays, and a complete tool call is run. */
const cutAnswer = (fault: string, reason: RunEndReason): Row =>
  everywhere(fault, stopped(reason), {
    except: {
      text: stopped(reason, "reasoning text"),
      "after-result": stopped(reason, "text"),
      arguments: stopped(reason, "reasoning text"),
      "after-call": ANSWER,
      end: ANSWER,
    },
  });

/** Every fault of `/responses` with its expected results. Written from the contract, not from the code. */
export const ROWS: readonly Row[] = [
  // An error status with a body in either dialect, a page, or no body.
  whole("token_expired", refreshed("unauthenticated")),
  whole("token_invalidated", refreshed("unauthenticated")),
  whole("unauthorized", refreshed("unauthenticated")),
  whole("unauthorized_empty", refreshed("unauthenticated")),
  whole("deactivated_workspace", failed("forbidden")),
  whole("invalid_workspace_selected", failed("account-mismatch")),
  whole("cloudflare_challenge", failed("blocked")),
  whole("cloudflare_blocked", failed("blocked")),
  whole("cloudflare_unavailable", failed("blocked")),
  whole("unsupported_country", failed("unsupported-country")),
  whole("misalignment_policy_violation", failed("content-policy")),
  whole("cyber_policy", failed("content-policy")),
  whole("invalid_image", failed("invalid-request")),
  whole("context_length", failed("context-length")),
  whole("unsupported_parameter", failed("unsupported-parameter")),
  whole("model_not_supported", failed("model-not-supported")),
  whole("model_not_found", failed("model-not-supported")),
  whole("validation_list", failed("invalid-request")),
  whole("not_found", failed("not-found")),
  whole("payload_too_large", failed("request-too-large")),
  whole("error_in_header", failed("invalid-request")),
  whole("redirect_elsewhere", failed("protocol")),
  { ...whole("usage_limit_reached", failed("usage-limit")), statesLimits: true },
  whole("usage_limit_without_reset", failed("usage-limit")),
  whole("usage_not_included", failed("not-entitled")),
  whole("insufficient_quota", failed("usage-limit")),
  whole("rate_limit", retried("rate-limit"), "retry-after=0"),
  whole("rate_limit_ms", retried("rate-limit"), "retry-after-ms=1"),
  whole("rate_limit_date", retried("rate-limit"), "seconds=0"),
  whole("rate_limit_text", retried("rate-limit"), "delay=1ms"),
  whole("rate_limit_silent", retried("rate-limit")),
  whole("rate_limit_empty", retried("rate-limit")),
  whole("request_timeout", retried("server")),
  whole("conflict", retried("server")),
  whole("server_error", retried("server")),
  whole("server_error_text", retried("server")),
  whole("bad_json_error", retried("server")),
  whole("bad_gateway", retried("server")),
  whole("unavailable", retried("server")),
  whole("gateway_timeout", retried("server")),
  whole("cloudflare_520", retried("server")),
  whole("overloaded", retried("overloaded")),
  whole("slow_down", retried("overloaded")),
  // No response, or one that is no event stream.
  whole("reset_before_headers", retried("network")),
  whole("close_before_headers", retried("network")),
  whole("stall_before_headers", retried("response-timeout")),
  whole("empty_stream", retried("stream-truncated")),
  whole("html_page", failed("protocol")),
  whole("json_body", failed("protocol")),
  whole("json_error_body", failed("protocol")),
  whole("untyped_error_body", failed("context-length")),
  whole("no_content", failed("protocol")),
  whole("truncated_body", failed("protocol")),
  // The stream ends early.
  everywhere("eof", retried("stream-truncated")),
  everywhere("eof_inside_event", retried("stream-truncated")),
  everywhere("reset", retried("network"), { losesTail: true }),
  everywhere("stall", retried("stream-idle")),
  everywhere("cancelled", retried("stream-truncated")),
  everywhere("garbage_json", retried("protocol")),
  // The stream reports a failure.
  everywhere("failed:server_is_overloaded", retried("overloaded")),
  everywhere("failed:slow_down", retried("overloaded")),
  everywhere("failed:rate_limit_exceeded", retried("rate-limit"), {
    parameters: 'message="Please try again in 1ms."',
  }),
  everywhere("failed:server_error", retried("server")),
  everywhere("failed", retried("server")),
  everywhere("failed_without_error", retried("server")),
  everywhere("failed_numeric_code", retried("server")),
  everywhere("completed:failed", retried("server")),
  everywhere("failed:context_length_exceeded", failed("context-length")),
  everywhere("failed:insufficient_quota", failed("usage-limit")),
  everywhere("failed:usage_not_included", failed("not-entitled")),
  everywhere("failed:invalid_prompt", failed("invalid-request")),
  everywhere("failed:cyber_policy", failed("content-policy")),
  everywhere("failed:bio_policy", failed("content-policy")),
  everywhere("failed:misalignment_policy_violation", failed("content-policy")),
  everywhere("failed:model_not_found", failed("model-not-supported")),
  everywhere("error_event", retried("overloaded")),
  everywhere("error_event_nested", retried("overloaded")),
  everywhere("error_event_then_failed", retried("overloaded")),
  everywhere("error_event_usage_limit", failed("usage-limit")),
  everywhere("error_without_type", retried("server")),
  // The stream reports that it was cut.
  cutAnswer("incomplete:max_output_tokens", "max-output-tokens"),
  cutAnswer("incomplete:content_filter", "content-filter"),
  cutAnswer("incomplete_without_reason", "incomplete"),
  cutAnswer("completed:incomplete", "max-output-tokens"),
  shape("call_cut_off", {
    points: ["before"],
    outcome: stopped("max-output-tokens", "reasoning text"),
  }),
  // Harmless additions.
  everywhere("keepalive", ANSWER),
  everywhere("unknown_event", ANSWER),
  everywhere("non_object_json", ANSWER),
  everywhere("empty_data", ANSWER),
  everywhere("ping_data", ANSWER),
  everywhere("delay", ANSWER, { parameters: "ms=1" }),
  shape("metadata_first"),
  shape("done_marker"),
  shape("huge_event"),
  shape("duplicate_completed"),
  shape("completed_then_stall"),
  shape("completed_then_reset"),
  shape("done_event"),
  shape("empty_output"),
  shape("never_closed"),
  shape("deltas_only"),
  shape("late_annotations"),
  shape("call_twice"),
  shape("prefixed_names"),
  shape("no_usage"),
  shape("sparse_usage"),
  shape("sparse_response"),
  shape("minimal"),
  shape("no_deltas"),
  shape("no_created"),
  shape("no_added"),
  shape("no_indexes"),
  shape("no_item_ids"),
  shape("interleaved"),
  shape("duplicate_call_ids"),
  shape("empty_arguments"),
  shape("malformed_arguments", { points: ["before"], outcome: { is: "answer", toolRuns: 0 } }),
  // Every valid framing.
  shape("crlf"),
  shape("cr"),
  shape("byte_order_mark"),
  shape("no_event_line"),
  shape("no_space"),
  shape("multiline_data"),
  shape("extra_fields"),
  shape("comments"),
  shape("byte_by_byte"),
  shape("uneven_chunks"),
  shape("one_chunk"),
];

/** Returns the expected result of a fault at a point. */
export function outcomeAt(row: Row, point: Point): Outcome {
  return row.except?.[point] ?? row.outcome;
}
