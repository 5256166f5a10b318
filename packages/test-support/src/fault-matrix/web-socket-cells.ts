import type { ErrorCode } from "axio";
import { FAULTS } from "axio-simulator";
import { everywhere, type Outcome, type Row } from "./cells.ts";

const retried = (code: ErrorCode): Outcome => ({ is: "retried", code });

/** Pages, bodies and statuses that cannot be a message. They can be the response to the upgrade. */
const NO_MESSAGES: ReadonlySet<string> = new Set([
  "cloudflare_challenge",
  "cloudflare_blocked",
  "cloudflare_unavailable",
  "cloudflare_520",
  "error_in_header",
  "redirect_elsewhere",
  "unauthorized_empty",
  "rate_limit_empty",
  "rate_limit_silent",
  "empty_stream",
  "html_page",
  "json_body",
  "json_error_body",
  "untyped_error_body",
  "no_content",
  "truncated_body",
]);

/** Faults of the text of an event stream. */
const FRAMINGS: ReadonlySet<string> = new Set([
  "crlf",
  "cr",
  "byte_order_mark",
  "no_event_line",
  "no_space",
  "multiline_data",
  "extra_fields",
  "comments",
]);

const IDLE: Partial<Row> = {
  // Fewer points, since each takes the idle timeout.
  points: ["before", "text", "after-result"],
  outcome: retried("stream-idle"),
};
/**
 * The results of faults in a message that differ from those over server-sent events. There a response without its last event
 * ends with the body; here nothing ends, and the connection is idle. Errors without a status mean nothing.
 */
const IN_MESSAGE: { readonly [fault: string]: Partial<Row> } = {
  stall_before_headers: { outcome: retried("stream-idle") },
  close_before_headers: { outcome: retried("stream-truncated"), blamesConnection: true },
  reset_before_headers: { blamesConnection: true },
  eof_inside_event: { outcome: retried("network"), losesTail: true },
  cancelled: IDLE,
  error_event: IDLE,
  error_event_nested: IDLE,
};

/**
 * The results of failed upgrades that differ from the rule: transient failures are retried, and after all others there is no
 * WebSocket.
 */
const AT_UPGRADE: { readonly [fault: string]: Outcome } = {
  empty_stream: { is: "other-way" },
};
/** Errors of the account are the same over HTTP. */
const ACCOUNT_ERRORS: readonly (ErrorCode | undefined)[] = [
  "account-mismatch",
  "usage-limit",
  "not-entitled",
  "unsupported-country",
];

/** Faults that only a WebSocket has. */
export const WEB_SOCKET_ROWS: readonly Row[] = [
  everywhere("binary_message", retried("protocol")),
  everywhere("close", retried("stream-truncated"), { parameters: "code=1011" }),
  stale("websocket_connection_limit"),
];

/** A fault of the connection, not of the request. */
export function stale(fault: string): Row {
  return {
    fault,
    points: ["before", "after-result"],
    outcome: retried("server"),
    blamesConnection: true,
  };
}

/** Returns the faults of responses that a message can have, with their results. */
export function messageRows(rows: readonly Row[]): readonly Row[] {
  return rows
    .filter(({ fault }) => !NO_MESSAGES.has(fault) && !FRAMINGS.has(fault))
    .map((row) => ({ ...row, ...IN_MESSAGE[row.fault] }));
}

/** Returns the faults of responses that an upgrade can have, with their results. */
export function upgradeRows(rows: readonly Row[]): readonly Row[] {
  return rows
    .filter(({ fault }) => FAULTS.get(fault)?.effect.kind === "reply")
    .map((row) => ({
      ...row,
      points: ["upgrade"],
      outcome: AT_UPGRADE[row.fault] ?? (isSame(row) ? row.outcome : { is: "other-way" }),
    }));
}

/** Whether the response to an upgrade means the same as one over HTTP. */
function isSame({ outcome }: Row): boolean {
  return (
    outcome.is === "retried" ||
    outcome.is === "refreshed" ||
    (outcome.is === "failed" && ACCOUNT_ERRORS.includes(outcome.code))
  );
}
