import type { RateLimits } from "./rate-limits.ts";

/** Identifies a failure. Names no provider: a provider's own reason is in `details.reason` or `details.peerCode`. */
export type ErrorCode =
  // Local: to be fixed where axio runs.
  | "invalid-argument"
  | "unauthenticated"
  | "credentials-malformed"
  | "store-unavailable"
  | "store-locked"
  | "store-conflict"
  | "callback-port-in-use"
  | "login-timeout"
  | "tool-schema"
  | "unsupported-parameter"
  | "unsupported-content"
  | "tools-unavailable"
  | "plugin-failed"
  | "aborted"
  /** Code outside axio threw: a store, a transport, a plugin. */
  | "unexpected"
  // Sign-in.
  | "login-denied"
  | "login-failed"
  | "account-mismatch"
  | "id-token-invalid"
  | "jwks-unavailable"
  | "refresh-token-expired"
  | "refresh-token-reused"
  | "refresh-token-revoked"
  | "refresh-response-lost"
  | "refresh-failed"
  // What the account may do.
  | "usage-limit"
  | "not-entitled"
  | "forbidden"
  | "blocked"
  | "unsupported-country"
  // The request.
  | "invalid-request"
  | "context-length"
  /** Too many bytes for the service or a proxy, whatever the model can read. */
  | "request-too-large"
  | "model-not-supported"
  | "content-policy"
  | "not-found"
  // The service, the network and the response.
  | "rate-limit"
  | "overloaded"
  | "server"
  | "network"
  | "response-timeout"
  | "deadline-exceeded"
  | "stream-idle"
  | "stream-truncated"
  | "protocol"
  | "output-mismatch";

/** Facts about an error, for programs. Each is present if it is known. Never contains a secret. */
export interface ErrorDetails {
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** The peer's own code for the error. */
  readonly peerCode?: string | undefined;
  /** Which of several causes one code stands for: `"plan-use-off"`, `"cloudflare"`. */
  readonly reason?: string | undefined;
  /** The id under which the peer logged the request. */
  readonly requestId?: string | undefined;
  /** Cloudflare's id of the request. */
  readonly cfRay?: string | undefined;
  /** The URL of the request, without its query. */
  readonly url?: string | undefined;
  /** The rate limits that the failed response stated. */
  readonly rateLimits?: RateLimits | undefined;
  /** `false` if there was no connection, so that the peer cannot have received the request. */
  readonly connected?: boolean | undefined;
  /** The account's plan. */
  readonly plan?: string | undefined;
  /** When the limit resets, in Unix milliseconds. */
  readonly resetsAt?: number | undefined;
  /** The length of the window that is used up. */
  readonly windowMs?: number | undefined;
  /** The models that can be used instead. */
  readonly models?: readonly string[] | undefined;
  /** How the value differs from its schema. */
  readonly issues?: readonly string[] | undefined;
  /** The parameter that was rejected. */
  readonly parameter?: string | undefined;
}

/** The details that only some codes have. */
interface DetailsByCode {
  "usage-limit": "plan" | "resetsAt" | "windowMs";
  "not-entitled": "plan";
  network: "connected";
  "response-timeout": "connected";
  "refresh-failed": "connected";
  "model-not-supported": "models";
  "unsupported-content": "models";
  "unsupported-parameter": "parameter";
  "invalid-request": "parameter";
  "output-mismatch": "issues";
}

type SpecificDetail = DetailsByCode[keyof DetailsByCode];

/** The details of an error with the code `C`. */
export type DetailsOf<C extends ErrorCode> = Pick<
  ErrorDetails,
  Exclude<keyof ErrorDetails, SpecificDetail> | (C extends keyof DetailsByCode ? DetailsByCode[C] : never)
>;

/** The options of an {@link AxioError}. */
export interface AxioErrorOptions {
  /** The evidence: the error or the data that led here. */
  readonly cause?: unknown;
  /** Whether the same request may succeed later. Default: `false`. */
  readonly retryable?: boolean | undefined;
  /** How long the peer asks to wait first. */
  readonly retryAfterMs?: number | undefined;
  /** Facts for programs. Never a secret. */
  readonly details?: ErrorDetails | undefined;
}

const BRAND = Symbol.for("axio.error");

/**
 * The error class of axio. `code` identifies the failure, `message` says what happened and what to do, and `cause` holds
 * the evidence.
 *
 * @example
 * ```ts
 * try {
 *   await agent.run("Hello");
 * } catch (error) {
 *   if (AxioError.is(error, "usage-limit")) console.error("The limit resets at", error.details.resetsAt);
 *   else throw error;
 * }
 * ```
 */
export class AxioError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "AxioError" as const;
  /** Identifies the failure. */
  readonly code: C;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** How long the peer asks to wait first. */
  declare readonly retryAfterMs?: number;
  /** Facts for programs. */
  readonly details: DetailsOf<C>;

  constructor(code: C, message: string, options: AxioErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    const entries = Object.entries(options.details ?? {});
    this.details = Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as DetailsOf<C>;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * Returns whether a value is an `AxioError`, also one from another copy of this package. With `code`, it must have
   * that code, and `details` is narrowed to the facts of the code.
   */
  static is<C extends ErrorCode = ErrorCode>(value: unknown, code?: C): value is AxioError<C> {
    return (
      value instanceof Error &&
      (value as Error & { [BRAND]?: boolean })[BRAND] === true &&
      (code === undefined || (value as AxioError).code === code)
    );
  }

  /** The error as plain data: everything but the cause and the stack. */
  toJSON(): {
    readonly name: "AxioError";
    readonly code: C;
    readonly message: string;
    readonly retryable: boolean;
    readonly retryAfterMs?: number | undefined;
    readonly details: DetailsOf<C>;
  } {
    const { name, code, message, retryable, retryAfterMs, details } = this;
    return { name, code, message, retryable, retryAfterMs, details };
  }
}

/** The error of an operation whose signal has fired. Its `cause` is the reason of the signal. */
export function abortedError(signal: AbortSignal): AxioError {
  return new AxioError("aborted", "The operation was aborted.", { cause: signal.reason });
}

/** Throws the error of {@link abortedError} if the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal);
}
