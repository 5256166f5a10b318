import type { ErrorCode } from "axio";
import { CHAT_FAULTS } from "axio-simulator";
import { everywhere, type Outcome, ROWS, type Row } from "test-support/fault-matrix/cells";
import {
  messageRows,
  WEB_SOCKET_ROWS as OWN_ROWS,
  upgradeRows,
} from "test-support/fault-matrix/web-socket-cells";

const failed = (code: ErrorCode): Outcome => ({ is: "failed", code });
const retried = (code: ErrorCode): Outcome => ({ is: "retried", code });
const ANSWER: Outcome = { is: "answer" };

/** Faults that only a plan has. */
const PLAN_ONLY: ReadonlySet<string> = new Set([
  "deactivated_workspace",
  "invalid_workspace_selected",
  "usage_limit_reached",
  "usage_not_included",
]);

/** Results that differ from those of a plan. */
const WITH_KEY: { readonly [fault: string]: Outcome } = {
  unavailable: retried("overloaded"),
};

/** Results of bodies that are not an event stream: Chat Completions reads JSON, too. */
const WITH_JSON: { readonly [fault: string]: Outcome } = {
  json_error_body: retried("server"),
  truncated_body: retried("network"),
};

/** The faults of the Responses API, with their results for a key. */
export const RESPONSES_ROWS: readonly Row[] = ROWS.filter(({ fault }) => !PLAN_ONLY.has(fault)).map(
  (row) => ({ ...row, outcome: WITH_KEY[row.fault] ?? row.outcome }),
);

/** The faults of the Responses API over a WebSocket, with their results for a key. */
export const WEB_SOCKET_ROWS: readonly Row[] = [
  ...messageRows(RESPONSES_ROWS),
  ...OWN_ROWS,
  ...upgradeRows(RESPONSES_ROWS),
];

/** A few of them: one of each kind. */
const SHORT: ReadonlySet<string> = new Set([
  "unauthorized",
  "rate_limit",
  "context_length",
  "insufficient_quota",
  "reset",
  "close",
  "garbage_json",
  "failed:server_error",
  "websocket_connection_limit",
  "incomplete:max_output_tokens",
]);
export const SHORT_WEB_SOCKET_ROWS: readonly Row[] = WEB_SOCKET_ROWS.filter(({ fault }) =>
  SHORT.has(fault),
).map((row) => ({ ...row, points: row.points.length > 2 ? ["text", "after-result", "end"] : row.points }));

const whole = (fault: string, outcome: Outcome, parameters?: string): Row => ({
  fault,
  points: ["before", "after-result"],
  outcome,
  ...(parameters === undefined ? {} : { parameters }),
});

/** The faults that Chat Completions shares with the Responses API: statuses, connections, framings. */
const SHARED: readonly Row[] = RESPONSES_ROWS
  // That is a whole response here.
  .filter(({ fault }) => CHAT_FAULTS.has(fault) && fault !== "json_body")
  .map((row) => ({ ...row, outcome: WITH_JSON[row.fault] ?? row.outcome }));

/** The faults of Chat Completions, with their results. */
export const CHAT_ROWS: readonly Row[] = [
  ...SHARED,
  whole("quota_by_type", failed("usage-limit")),
  whole("payment_required", failed("usage-limit")),
  whole("insufficient_balance", failed("usage-limit")),
  whole("request_too_large", failed("request-too-large")),
  whole("overloaded_529", retried("overloaded")),
  everywhere("stream_error", retried("server")),
  everywhere("chunk_error", retried("server")),
  everywhere("finish_error", retried("server")),
  everywhere("done_only", retried("stream-truncated")),
  everywhere("comments_inside", ANSWER),
  everywhere("missing_choices", ANSWER),
  everywhere("missing_delta", ANSWER),
  everywhere("unknown_members", ANSWER),
  everywhere("other_choice", ANSWER),
];
