import { AxioError, type ErrorCode } from "axio";
import { errorCode, errorText } from "axio/internal";

interface Remedy {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** A sentence or more. */
  readonly describe: (place: string, message: string) => string;
}

const unavailable = (describe: Remedy["describe"], retryable = false): Remedy => ({
  code: "store-unavailable",
  retryable,
  describe,
});

const UNREACHABLE = unavailable(
  (place) =>
    `The database at ${place} cannot be reached. Check that PostgreSQL runs there and that a firewall lets this machine in; calls work again when it is back.`,
  true,
);
const UNKNOWN_OUTCOME = unavailable(
  (place) =>
    `The connection to ${place} failed during a commit. It is unknown whether the change was stored: read before you try again.`,
  true,
);
const OLD_SCHEMA = unavailable(
  (place, message) =>
    `The tables of axio in ${place} are missing or of another version (${message}). Run \`axio-postgres migrate\`, or update axio-postgres.`,
);

/**
 * The errors that have a remedy, by SQLSTATE, by its class, or by the code of the client.
 *
 * @see https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
const REMEDIES: Readonly<Record<string, Remedy>> = {
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENOENT: UNREACHABLE,
  EPIPE: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  "08": UNREACHABLE,
  "57": UNREACHABLE,
  ENOTFOUND: unavailable((place) => `There is no machine of the name in ${place}. Check the database's URL.`),
  EAI_AGAIN: unavailable((place) => `The name in ${place} could not be resolved. Check the network.`, true),
  "28": unavailable(
    (place, message) =>
      `The database at ${place} does not accept the user or the password (${message}). Check both in the database's URL.`,
  ),
  "3D000": unavailable(
    (place) => `The database ${place} does not exist. Create it with \`createdb\`, or correct the URL.`,
  ),
  "42501": unavailable(
    (place, message) =>
      `The user of ${place} lacks a permission (${message}). Run \`axio-postgres migrate\` as the owner of the database, and grant this user its tables.`,
  ),
  "42P01": OLD_SCHEMA,
  "42703": OLD_SCHEMA,
  "3F000": OLD_SCHEMA,
  "53300": unavailable(
    (place) =>
      `The database at ${place} accepts no more connections. Use fewer processes or a smaller maxConnections, put pgbouncer in between, or raise its max_connections.`,
    true,
  ),
  "53100": unavailable(
    (place) =>
      `The disk of the database at ${place} is full. Nothing was stored; free some space, then try again.`,
    true,
  ),
  "53200": unavailable((place) => `The database at ${place} is out of memory. Nothing was stored.`, true),
  "25006": unavailable(
    (place) =>
      `The database at ${place} is read-only: a standby, or a server that is being replaced. Nothing was stored. Use the URL of the primary.`,
    true,
  ),
  "25P02": {
    code: "unexpected",
    retryable: false,
    describe: () =>
      "A statement of a transaction failed, and the code that ran it went on. Let its error pass; nothing was stored.",
  },
  "25P03": unavailable(
    (place) =>
      `The database at ${place} ended a transaction that did nothing for too long. Nothing was stored; do not wait for anything else within a transaction.`,
    true,
  ),
  "57014": unavailable(
    (place) =>
      `The database at ${place} ended a statement that took too long (statement_timeout). Nothing was stored; try again.`,
    true,
  ),
  "40": {
    code: "store-locked",
    retryable: true,
    describe: (place) => `Others changed the same data in ${place}. Nothing was stored; try again.`,
  },
  "55P03": {
    code: "store-locked",
    retryable: true,
    describe: (place) => `Others hold a lock in ${place}. Nothing was stored; try again.`,
  },
  "22021": {
    code: "invalid-argument",
    retryable: false,
    describe: () => "A name contains the character U+0000, which PostgreSQL cannot store. Remove it.",
  },
};

/** The errors that the client reports by a text only. */
const TEXTS: readonly (readonly [RegExp, Remedy])[] = [
  [
    /timeout exceeded when trying to connect/i,
    unavailable(
      (place) =>
        `There was no free connection to ${place} in time: all of this process are in use, or the server does not respond. Make fewer calls at once, raise maxConnections, or check the server.`,
      true,
    ),
  ],
  [
    /^Query read timeout/i,
    unavailable(
      (place) =>
        `The database at ${place} did not respond in time. It is unknown whether the change was stored: read before you try again.`,
      true,
    ),
  ],
  [/^(Connection terminated|Client was closed|Client has encountered a connection error)/i, UNREACHABLE],
  [
    /password must be a string|no password|SASL/i,
    unavailable((place) => `The URL of the database at ${place} has no usable password. Add it to the URL.`),
  ],
];

/** The connection failed during a commit: the server may have done it. */
export class InterruptedCommit extends Error {
  constructor(cause: unknown) {
    super(errorText(cause), { cause });
  }
}

/**
 * Converts an error of the client. An `AxioError` stays as it is.
 *
 * @param place The host, port and name of the database.
 */
export function toStoreError(error: unknown, place: string): AxioError {
  if (AxioError.is(error)) return error;
  const code = errorCode(error) ?? "";
  const isState = /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
  const message = errorText(error);
  const remedy =
    (error instanceof InterruptedCommit ? UNKNOWN_OUTCOME : REMEDIES[code]) ??
    (isState ? REMEDIES[code.slice(0, 2)] : TEXTS.find(([pattern]) => pattern.test(message))?.[1]);
  const cause = withoutData(error, code, message);
  if (remedy !== undefined) {
    const { retryable, describe } = remedy;
    return new AxioError(remedy.code, describe(place, message), { cause, retryable });
  }
  return isState
    ? new AxioError("store-unavailable", `The database at ${place} reported ${code}: ${message}`, { cause })
    : new AxioError("unexpected", message, { cause });
}

/** The client's errors have fields that quote rows. */
function withoutData(error: unknown, code: string, message: string): Error {
  const name = error instanceof Error ? error.name : "Error";
  return Object.assign(new Error(message), { name, code });
}

/** Whether a connection can no longer be used after an error: it failed, or what its statement does is unknown. */
export function isBroken(error: unknown): boolean {
  const code = errorCode(error) ?? "";
  // SQLSTATEs are errors of statements, except for those of a server that ends.
  if (/^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)) return /^(08|57P)/.test(code);
  return !AxioError.is(error) && error instanceof Error;
}
