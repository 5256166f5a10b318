import type { ErrorCode } from "axio";
import { FAULTS } from "axio-simulator";
import { everywhere, type Outcome, ROWS, type Row } from "./cells.ts";

const retried = (code: ErrorCode): Outcome => ({ is: "retried", code });

/** Pages, bodies and statuses that cannot be a message. They can still be the answer to the upgrade. */
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
  "no_content",
  "truncated_body",
]);

/** What is of the text of an event stream alone. */
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

const SILENCE: Partial<Row> = {
  // Each has to be waited for.
  points: ["before", "text", "after-result"],
  outcome: retried("stream-idle"),
};
/**
 * What comes of a fault where it is a message, as far as that is another thing than over server-sent events. There an answer
 * without its last event ends with the body; here nothing ends, and it is silence. Errors without a status mean nothing.
 */
const OTHERWISE: { readonly [fault: string]: Partial<Row> } = {
  stall_before_headers: { outcome: retried("stream-idle") },
  close_before_headers: { outcome: retried("stream-truncated"), blamesConnection: true },
  reset_before_headers: { blamesConnection: true },
  eof_inside_event: { outcome: retried("network"), losesTail: true },
  cancelled: SILENCE,
  error_event: SILENCE,
  error_event_nested: SILENCE,
  error_without_type: SILENCE,
};

/**
 * What comes of an upgrade that is answered otherwise, as far as that is another thing than this: what passes is tried
 * again, and with whatever else there is no WebSocket here.
 */
const AT_UPGRADE: { readonly [fault: string]: Outcome } = {
  empty_stream: { is: "other-way" },
};
/** What is said of the account is the error, however it is asked. */
const OF_THE_ACCOUNT: readonly (ErrorCode | undefined)[] = [
  "account-mismatch",
  "usage-limit",
  "not-entitled",
  "unsupported-country",
];

/** What only a WebSocket can have. */
const OWN_ROWS: readonly Row[] = [
  everywhere("binary_message", retried("protocol")),
  everywhere("close", retried("stream-truncated"), { parameters: "code=1011" }),
  stale("websocket_connection_limit"),
  stale("previous_response_not_found"),
];

/** The connection is at fault, and not the request. */
function stale(fault: string): Row {
  return {
    fault,
    points: ["before", "after-result"],
    outcome: retried("server"),
    blamesConnection: true,
  };
}

function messageRow(row: Row): readonly Row[] {
  if (NO_MESSAGES.has(row.fault) || FRAMINGS.has(row.fault)) return [];
  return [{ ...row, ...OTHERWISE[row.fault] }];
}

function upgradeRow(row: Row): readonly Row[] {
  if (FAULTS.get(row.fault)?.effect.kind !== "reply") return [];
  const { outcome } = row;
  const isSame =
    outcome.is === "retried" ||
    outcome.is === "renewed" ||
    (outcome.is === "failed" && OF_THE_ACCOUNT.includes(outcome.code));
  return [
    {
      ...row,
      points: ["upgrade"],
      outcome: AT_UPGRADE[row.fault] ?? (isSame ? outcome : { is: "other-way" }),
    },
  ];
}

/** Every fault that can be a message of the backend, and what is to come of it. */
export const MESSAGE_ROWS: readonly Row[] = [...ROWS.flatMap(messageRow), ...OWN_ROWS];

/** Every fault that can be the answer to an upgrade, and what is to come of it. */
export const UPGRADE_ROWS: readonly Row[] = ROWS.flatMap(upgradeRow);
