import { RequestError } from "@agentclientprotocol/sdk";
import type { AxioError, ErrorCode } from "axio";
import { toAxioError } from "axio/internal";

const AUTH_REQUIRED = -32_000;
const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;
const REQUEST_CANCELLED = -32_800;

/** Failures that a sign-in resolves. */
const SIGN_IN: ReadonlySet<ErrorCode> = new Set([
  "unauthenticated",
  "credentials-malformed",
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
  "account-mismatch",
]);

/** Converts any failure to an error of the protocol. Its `data` has the code and the facts of the failure. */
export function requestError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  const error = toAxioError(thrown);
  const { code, message, retryable, retryAfterMs, details } = error.toJSON();
  return new RequestError(rpcCode(error), message, { code, retryable, retryAfterMs, details });
}

/** Says that the user has to sign in first. */
export function authRequired(message: string): RequestError {
  return new RequestError(AUTH_REQUIRED, message, { code: "unauthenticated" });
}

/** Says that a request cannot be fulfilled as it is. */
export function invalidParams(message: string): RequestError {
  return new RequestError(INVALID_PARAMS, message, { code: "invalid-argument" });
}

function rpcCode({ code }: AxioError): number {
  if (SIGN_IN.has(code)) return AUTH_REQUIRED;
  if (code === "aborted") return REQUEST_CANCELLED;
  return code === "invalid-argument" ? INVALID_PARAMS : INTERNAL_ERROR;
}
