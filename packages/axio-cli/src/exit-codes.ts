import { AxioError, type ErrorCode } from "axio";
import { UsageError } from "./usage-error.ts";

/** The exit codes of the process. Scripts rely on them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  usageLimit: 4,
  interrupted: 130,
  terminated: 143,
} as const;

/** The meaning of the codes, for help texts. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, "success"],
  [EXIT.failed, "failure, or a truncated response"],
  [EXIT.usage, "wrong usage"],
  [EXIT.notSignedIn, "not signed in, or the sign-in has expired"],
  [EXIT.usageLimit, "the account's usage limit is reached"],
  [EXIT.interrupted, "stopped with Ctrl-C"],
];

/** Codes for a sign-in that is missing or has expired. */
export const NOT_SIGNED_IN: ReadonlySet<ErrorCode> = new Set([
  "unauthenticated",
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
]);

/** Codes for a request that cannot be sent. */
const WRONG_USAGE: ReadonlySet<ErrorCode> = new Set([
  "invalid-argument",
  "unsupported-content",
  "unsupported-parameter",
]);

/** Returns the exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (!AxioError.is(error)) return EXIT.failed;
  // If the server reports it, the server may be wrong as well.
  if (WRONG_USAGE.has(error.code) && error.details.status === undefined) return EXIT.usage;
  if (error.code === "aborted") return EXIT.interrupted;
  if (error.code === "usage-limit") return EXIT.usageLimit;
  return NOT_SIGNED_IN.has(error.code) ? EXIT.notSignedIn : EXIT.failed;
}
