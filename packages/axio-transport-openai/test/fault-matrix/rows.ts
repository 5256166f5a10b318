import type { ErrorCode } from "axio";
import { CHAT_FAULTS } from "axio-simulator";
import { everywhere, type Outcome, ROWS, type Row } from "test-support/fault-matrix/cells";

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
  whole("request_too_large", failed("invalid-request")),
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
