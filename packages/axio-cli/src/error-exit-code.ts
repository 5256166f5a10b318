import { AxioError, type ErrorCode } from "axio";
import { EXIT } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

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
