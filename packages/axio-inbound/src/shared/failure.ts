import { AxioError, type ErrorCode } from "axio";

/** A failure in the terms of HTTP APIs. */
export interface Failure {
  /** The HTTP status. */
  readonly status: number;
  /** The type of OpenAI's APIs: `"invalid_request_error"`. */
  readonly type: string;
  readonly code: string;
  /** Says what happened and what to do. */
  readonly message: string;
  /** The member of the request that is to blame. */
  readonly parameter?: string | undefined;
  /** How long to wait before another request. */
  readonly retryAfterMs?: number | undefined;
  /** When a usage limit resets, in Unix milliseconds. */
  readonly resetsAt?: number | undefined;
}

interface Kind {
  readonly status: number;
  readonly type: string;
  /** Default: the code of axio, with underscores. */
  readonly code?: string;
}

const INVALID = { status: 400, type: "invalid_request_error" };
const SIGN_IN = { status: 401, type: "authentication_error" };
const DENIED = { status: 403, type: "permission_error" };
const UPSTREAM = { status: 502, type: "server_error" };
/** The user of the other client cannot do anything about it. */
const INTERNAL = { status: 500, type: "server_error" };

/** A code without a line here does not compile. */
const KINDS: Readonly<Record<ErrorCode, Kind>> = {
  "invalid-argument": INVALID,
  "invalid-request": { ...INVALID, code: "invalid_request" },
  "tool-schema": INVALID,
  "unsupported-parameter": INVALID,
  "unsupported-content": INVALID,
  "tools-unavailable": INVALID,
  "context-length": { ...INVALID, code: "context_length_exceeded" },
  "request-too-large": { status: 413, type: "invalid_request_error" },
  "content-policy": { ...INVALID, code: "content_policy_violation" },
  "model-not-supported": { status: 404, type: "invalid_request_error", code: "model_not_found" },
  "not-found": { status: 404, type: "invalid_request_error" },
  unauthenticated: SIGN_IN,
  "credentials-malformed": SIGN_IN,
  "refresh-token-expired": SIGN_IN,
  "refresh-token-reused": SIGN_IN,
  "refresh-token-revoked": SIGN_IN,
  "refresh-response-lost": SIGN_IN,
  "account-mismatch": SIGN_IN,
  "not-entitled": DENIED,
  forbidden: DENIED,
  blocked: DENIED,
  "unsupported-country": DENIED,
  "usage-limit": { status: 429, type: "usage_limit_error", code: "usage_limit_reached" },
  "rate-limit": { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" },
  overloaded: { status: 503, type: "server_error", code: "server_is_overloaded" },
  server: UPSTREAM,
  network: UPSTREAM,
  "response-timeout": UPSTREAM,
  "deadline-exceeded": UPSTREAM,
  "stream-idle": UPSTREAM,
  "stream-truncated": UPSTREAM,
  protocol: UPSTREAM,
  "refresh-failed": UPSTREAM,
  aborted: { status: 499, type: "server_error", code: "request_aborted" },
  "store-unavailable": INTERNAL,
  "store-locked": INTERNAL,
  "store-conflict": INTERNAL,
  "callback-port-in-use": INTERNAL,
  "login-timeout": INTERNAL,
  "plugin-failed": INTERNAL,
  unexpected: INTERNAL,
  "login-denied": INTERNAL,
  "login-failed": INTERNAL,
  "id-token-invalid": INTERNAL,
  "jwks-unavailable": INTERNAL,
  "output-mismatch": INTERNAL,
};

/** Describes an error in the terms of HTTP APIs. Says nothing of an error that is not axio's but that it happened. */
export function failureOf(error: unknown): Failure {
  if (!AxioError.is(error)) {
    const message = "The request failed because of a fault of this program. Its log has the cause.";
    return { status: 500, type: "server_error", code: "internal_error", message };
  }
  // A server that shuts down aborts its requests with an error of its own.
  if (error.code === "aborted" && AxioError.is(error.cause)) return failureOf(error.cause);
  const { code, message, retryAfterMs } = error;
  const details: AxioError["details"] & { readonly parameter?: unknown; readonly resetsAt?: unknown } =
    error.details;
  // An error of another version of axio may have a code that this one does not know.
  const kind: Kind = Object.hasOwn(KINDS, code) ? KINDS[code] : INTERNAL;
  const own = OWN_CODES.has(details.peerCode ?? "") ? details.peerCode : undefined;
  return {
    ...kind,
    code: own ?? kind.code ?? code.replaceAll("-", "_"),
    message,
    parameter: typeof details.parameter === "string" ? details.parameter : undefined,
    retryAfterMs,
    resetsAt: typeof details.resetsAt === "number" ? details.resetsAt : undefined,
  };
}

/** Codes that this package gives itself. */
const OWN_CODES: ReadonlySet<string> = new Set([
  "item_not_found",
  "previous_response_not_found",
  "quota_exceeded",
  "server_shutdown",
]);
