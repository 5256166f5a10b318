import { AxioError, type ErrorCode } from "axio";

const CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unauthenticated",
  "credentials-malformed",
  "store-unavailable",
  "store-locked",
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
  "jwks-unavailable",
  "plan-use-off",
  "account-mismatch",
  "refresh-failed",
  "wrong-workspace",
]);

/** Tells whether a request failed for want of a sign-in that holds: every other one fails as well, until there is one. */
export function isSignInError(error: unknown): boolean {
  return AxioError.is(error) && CODES.has(error.code);
}
