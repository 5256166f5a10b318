import type { RateLimits } from "./rate-limits.ts";

/**
 * Every way in which axio can fail, in two families.
 *
 * Local faults, to be mended where axio runs: `invalid-argument`, `unauthenticated`, `credentials-malformed`,
 * `store-unavailable`, `store-locked`, `callback-port-in-use`, `login-timeout`, `tool-schema`, `unsupported-parameter`,
 * `unsupported-content`, `tools-unavailable`, `plugin-failed`, `aborted`; `unexpected` for an error that code outside axio threw (a store, a transport).
 *
 * The peer's: all others.
 */
export type ErrorCode =
  // Local.
  | "invalid-argument"
  | "unauthenticated"
  | "credentials-malformed"
  | "store-unavailable"
  | "store-locked"
  | "callback-port-in-use"
  | "login-timeout"
  | "tool-schema"
  | "unsupported-parameter"
  | "unsupported-content"
  | "tools-unavailable"
  | "plugin-failed"
  | "unexpected"
  | "aborted"
  // Sign-in.
  | "login-denied"
  | "login-failed"
  | "wrong-workspace"
  | "account-mismatch"
  | "plan-use-off"
  | "id-token-malformed"
  | "id-token-algorithm"
  | "id-token-signature"
  | "id-token-issuer"
  | "id-token-audience"
  | "id-token-expired"
  | "id-token-nonce"
  | "jwks-unavailable"
  | "refresh-token-expired"
  | "refresh-token-reused"
  | "refresh-token-revoked"
  | "refresh-response-lost"
  | "refresh-failed"
  | "unsupported-country"
  | "blocked-by-cloudflare"
  // Limits.
  | "usage-limit"
  | "usage-not-included"
  | "rate-limit"
  | "overloaded"
  // The request.
  | "invalid-request"
  | "context-length"
  | "model-not-supported"
  | "content-policy"
  | "forbidden"
  | "not-found"
  // The network and the stream.
  | "network"
  | "response-timeout"
  | "deadline-exceeded"
  | "stream-idle"
  | "stream-truncated"
  | "protocol"
  | "output-mismatch"
  | "server";

/** What may be said of an error besides its code and message. */
export interface AxioErrorOptions {
  /** The evidence: the error or the data that led here. */
  readonly cause?: unknown;
  /** Whether the same call may succeed when made again. Default `false`. */
  readonly retryable?: boolean | undefined;
  /** How long the peer asks to wait before that, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Facts for programs, by code: `plan`, `resetsAt`, `models`, `status`, `requestId`. Never a secret. */
  readonly details?: ErrorDetails | undefined;
}

/** Facts about an error, for programs. Each is present where it is known. Never holds a secret. */
export interface ErrorDetails {
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** The peer's own code for the error. */
  readonly peerCode?: string | undefined;
  /** The id under which the peer logged the request. */
  readonly requestId?: string | undefined;
  /** Cloudflare's id of the request. */
  readonly cfRay?: string | undefined;
  /** The address that was called, without its query. */
  readonly url?: string | undefined;
  /** `network`, `response-timeout`: `false` where no connection came about, so that the peer cannot have seen the request. */
  readonly connected?: boolean | undefined;
  /** `usage-limit`: the account's plan. */
  readonly plan?: string | undefined;
  /** `usage-limit`: when the limit resets, in Unix milliseconds. */
  readonly resetsAt?: number | undefined;
  /** The rate limits that the failed response stated. */
  readonly rateLimits?: RateLimits | undefined;
  /** `usage-limit`: the length of the window that is used up. */
  readonly windowMs?: number | undefined;
  /** `model-not-supported`: the models that the account has. */
  readonly models?: readonly string[] | undefined;
  /** `output-mismatch`: what does not fit the schema. */
  readonly issues?: readonly string[] | undefined;
  /** `unsupported-parameter`, `invalid-request`: the member that was refused. */
  readonly parameter?: string | undefined;
}

const BRAND = Symbol.for("axio.error");

/**
 * The one error class of axio. `code` says what happened, `message` what to do, `cause` holds the evidence.
 *
 * @example
 * ```ts
 * try {
 *   await agent.run("Hello");
 * } catch (error) {
 *   if (AxioError.is(error, "usage-limit")) console.error("Resets at", error.details.resetsAt);
 *   else throw error;
 * }
 * ```
 */
export class AxioError extends Error {
  override readonly name = "AxioError" as const;
  /** What happened, for programs. */
  readonly code: ErrorCode;
  /** Whether the same call may succeed when made again. */
  readonly retryable: boolean;
  /** How long the peer asks to wait before that, in milliseconds. */
  declare readonly retryAfterMs?: number;
  /** Facts for programs. Empty where there are none. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: AxioErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    const entries = Object.entries(options.details ?? {});
    this.details = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Tells whether a value is an `AxioError`, also one from another copy of this package; with `code`, one of that code. */
  static is(value: unknown, code?: ErrorCode): value is AxioError {
    return (
      value instanceof Error &&
      (value as Error & { [BRAND]?: boolean })[BRAND] === true &&
      (code === undefined || (value as AxioError).code === code)
    );
  }
}

/** The error for a call that its `signal` ended; `cause` is the signal's reason. */
export function abortedError(signal: AbortSignal): AxioError {
  return new AxioError("aborted", "The call was cancelled.", { cause: signal.reason });
}

/** Throws the error of {@link abortedError} if the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal);
}
