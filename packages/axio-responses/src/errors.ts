import { AxioError, type ErrorCode, type ErrorDetails } from "axio";

/** The meaning of an error of the API. */
export interface ErrorClass {
  readonly code: ErrorCode;
  /** Tells causes with the same code apart: `details.reason`. */
  readonly reason?: string | undefined;
  readonly retryable?: true | undefined;
  /** Says what happened and what the user can do. */
  readonly message: string;
}

/** An error as the API words it, in an event, a WebSocket message or an HTTP body. No property is trusted to have its type. */
export interface WireError {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly param?: unknown;
  /** The HTTP status, or the one that a WebSocket message states. */
  readonly status?: unknown;
  /** `usage_limit_reached`: the account's plan. */
  readonly plan_type?: unknown;
  /** `usage_limit_reached`: Unix seconds. */
  readonly resets_at?: unknown;
  /** `usage_limit_reached`: seconds from now. */
  readonly resets_in_seconds?: unknown;
}

/** Options of {@link classifyResponseError}. */
export interface ClassifyOptions {
  /** Classifies error codes that only one service has. Default: it has none. */
  readonly classify?: ((code: string) => ErrorClass | undefined) | undefined;
  /** Reads a delay in milliseconds from a message such as "Please try again in 1.5s". Default: none is read. */
  readonly parseRetryText?: ((message: string) => number | undefined) | undefined;
  /** Makes the peer's text fit to be shown: short, on one line, without secrets. Default: it is shown as it is. */
  readonly quote?: ((message: string) => string) | undefined;
  /** More facts, such as the id of the request. The error's own facts have priority. Default: none. */
  readonly details?: ErrorDetails | undefined;
  /** How long the peer asks to wait, in milliseconds. Has priority over the message. */
  readonly retryAfterMs?: number | undefined;
  /** The cause of the error. Default: the error as it came. */
  readonly cause?: unknown;
}

const CONTEXT_LENGTH: ErrorClass = {
  code: "context-length",
  message: "The conversation is longer than the model can read. Compact it, or start a new one.",
};
const TOO_LARGE: ErrorClass = {
  code: "request-too-large",
  message:
    "The service accepts no request of this size. Remove large files and images, or compact the conversation.",
};
const USAGE_LIMIT: ErrorClass = {
  code: "usage-limit",
  message: "The usage limit of the account is reached. Wait until it resets, or raise it in the plan.",
};
const NOT_INCLUDED: ErrorClass = {
  code: "not-entitled",
  reason: "usage-not-included",
  message: "The account's plan does not include this use. Choose another plan or account.",
};
const POLICY: ErrorClass = {
  code: "content-policy",
  message: "The provider's policy forbids a response to this request. Reword it.",
};
const INVALID: ErrorClass = {
  code: "invalid-request",
  message: "The provider rejected the request as invalid. Change it before you send it again.",
};
const UNREADABLE_REASONING: ErrorClass = {
  code: "invalid-request",
  message:
    "The provider cannot read the encrypted reasoning in this conversation, which happens after a change of account. Start a new one.",
};
const UNSUPPORTED_PARAMETER: ErrorClass = {
  code: "unsupported-parameter",
  message: "The provider does not support this parameter. Omit it.",
};
const MODEL: ErrorClass = {
  code: "model-not-supported",
  message: "The model is not available to this account. Choose another one.",
};
const OVERLOADED: ErrorClass = {
  code: "overloaded",
  retryable: true,
  message: "The provider is overloaded. Try again later.",
};
const RATE_LIMIT: ErrorClass = {
  code: "rate-limit",
  retryable: true,
  message: "Too many requests in a short time. Wait before the next one.",
};
const UNAUTHENTICATED: ErrorClass = {
  code: "unauthenticated",
  message: "The provider does not accept the credentials. Sign in again.",
};
const FORBIDDEN: ErrorClass = {
  code: "forbidden",
  message: "The account is not allowed to do this. Check its workspace and permissions.",
};
const WRONG_WORKSPACE: ErrorClass = {
  code: "account-mismatch",
  reason: "workspace",
  message: "The account cannot use this workspace. Choose another one, or sign in again.",
};
const COUNTRY: ErrorClass = {
  code: "unsupported-country",
  message: "The provider does not serve the country of this request.",
};
const NOT_FOUND: ErrorClass = {
  code: "not-found",
  message: "The provider does not have what the request names. Check the URL and the ids.",
};
const SERVER: ErrorClass = {
  code: "server",
  retryable: true,
  message: "The provider failed. Try again.",
};
const NOT_NOW: ErrorClass = {
  code: "server",
  retryable: true,
  message: "The provider could not process the request now. Try again.",
};

/** By the peer's `code`, otherwise by its `type`. */
const CLASSES: ReadonlyMap<string, ErrorClass> = new Map([
  ["string_above_max_length", CONTEXT_LENGTH],
  ["context_length_exceeded", CONTEXT_LENGTH],
  ["insufficient_quota", USAGE_LIMIT],
  ["usage_limit_reached", USAGE_LIMIT],
  ["usage_not_included", NOT_INCLUDED],
  ["cyber_policy", POLICY],
  ["bio_policy", POLICY],
  ["misalignment_policy_violation", POLICY],
  ["content_policy", POLICY],
  ["content_policy_violation", POLICY],
  ["image_content_policy_violation", POLICY],
  ["invalid_prompt", INVALID],
  ["invalid_value", INVALID],
  ["invalid_type", INVALID],
  ["missing_required_parameter", INVALID],
  ["data_residency_mismatch", INVALID],
  ["invalid_image", INVALID],
  ["invalid_image_format", INVALID],
  ["invalid_image_mode", INVALID],
  ["invalid_image_url", INVALID],
  ["invalid_base64_image", INVALID],
  ["image_too_large", INVALID],
  ["image_too_small", INVALID],
  ["image_parse_error", INVALID],
  ["image_file_too_large", INVALID],
  ["image_file_not_found", INVALID],
  ["unsupported_image_media_type", INVALID],
  ["empty_image_file", INVALID],
  ["failed_to_download_image", INVALID],
  ["invalid_encrypted_content", UNREADABLE_REASONING],
  ["unknown_parameter", UNSUPPORTED_PARAMETER],
  ["unsupported_parameter", UNSUPPORTED_PARAMETER],
  ["model_not_found", MODEL],
  ["model_not_supported", MODEL],
  ["server_is_overloaded", OVERLOADED],
  ["slow_down", OVERLOADED],
  ["overloaded_error", OVERLOADED],
  ["rate_limit_exceeded", RATE_LIMIT],
  ["rate_limit_error", RATE_LIMIT],
  ["token_expired", UNAUTHENTICATED],
  ["token_invalidated", UNAUTHENTICATED],
  ["token_revoked", UNAUTHENTICATED],
  ["invalid_api_key", UNAUTHENTICATED],
  ["authentication_error", UNAUTHENTICATED],
  ["invalid_workspace_selected", WRONG_WORKSPACE],
  ["deactivated_workspace", FORBIDDEN],
  ["permission_error", FORBIDDEN],
  ["unsupported_country_region_territory", COUNTRY],
  ["server_error", SERVER],
  ["vector_store_timeout", SERVER],
  ["websocket_connection_limit_reached", SERVER],
  ["previous_response_not_found", SERVER],
]);

/** By the peer's message, if code and type are not known. */
const MESSAGES: readonly (readonly [RegExp, ErrorClass])[] = [
  [/\bmodel\b.*\b(not supported|does not exist|not found|no access)/is, MODEL],
  [/^unsupported parameter\b/i, UNSUPPORTED_PARAMETER],
  [/^previous response\b.*\bnot found\b/is, SERVER],
];

/** In the message of a 413, what the model cannot read rather than what the service does not accept. */
const CONTEXT_WORDS = /\b(?:tokens?|context|prompt)\b/i;

/** By the HTTP status, if nothing else is known. */
const STATUSES: ReadonlyMap<number, ErrorClass> = new Map([
  [400, INVALID],
  [401, UNAUTHENTICATED],
  [403, FORBIDDEN],
  [404, NOT_FOUND],
  [408, NOT_NOW],
  [409, NOT_NOW],
  [413, TOO_LARGE],
  [422, INVALID],
  [425, NOT_NOW],
  [429, RATE_LIMIT],
  [503, OVERLOADED],
  [529, OVERLOADED],
]);

/**
 * Classifies an error of the API by its code, its type, its message, and its HTTP status, in this order. An error that is
 * in none of the tables is a retryable `server` error.
 *
 * @example
 * ```ts
 * const error = classifyResponseError({ code: "rate_limit_exceeded", message: "Slow down." });
 * error.code; // "rate-limit"
 * error.retryable; // true
 * ```
 */
export function classifyResponseError(wire: WireError, options: ClassifyOptions = {}): AxioError {
  const message = textOf(wire.message) ?? "";
  const peerMessage = options.quote?.(message) ?? message;
  const errorClass = classOf(wire, peerMessage, options.classify);
  const details = detailsOf(wire, errorClass, options);
  return new AxioError(errorClass.code, messageOf(errorClass, details, peerMessage), {
    cause: options.cause ?? wire,
    retryable: errorClass.retryable,
    retryAfterMs: retryAfter(wire, errorClass, message, options),
    details,
  });
}

function classOf(wire: WireError, message: string, classifyCode: ClassifyOptions["classify"]): ErrorClass {
  const code = textOf(wire.code) ?? "";
  const byCode = CLASSES.get(code) ?? classifyCode?.(code) ?? CLASSES.get(textOf(wire.type) ?? "");
  if (byCode !== undefined) return byCode;
  const byMessage = MESSAGES.find(([pattern]) => pattern.test(message));
  if (byMessage !== undefined) return byMessage[1];
  const status = numberOf(wire.status);
  if (status === 413 && CONTEXT_WORDS.test(message)) return CONTEXT_LENGTH;
  const byStatus = status === undefined ? undefined : STATUSES.get(status);
  if (byStatus !== undefined) return byStatus;
  return textOf(wire.type) === "invalid_request_error" ? INVALID : SERVER;
}

function retryAfter(
  wire: WireError,
  errorClass: ErrorClass,
  message: string,
  { retryAfterMs, parseRetryText }: ClassifyOptions,
): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const seconds = errorClass === USAGE_LIMIT ? numberOf(wire.resets_in_seconds) : undefined;
  if (seconds !== undefined) return Math.max(0, seconds * 1000);
  return errorClass.retryable === true ? parseRetryText?.(message) : undefined;
}

function detailsOf(
  wire: WireError,
  errorClass: ErrorClass,
  { details = {}, quote = (text) => text }: ClassifyOptions,
): ErrorDetails {
  const code = textOf(wire.code) ?? textOf(wire.type);
  const parameter = textOf(wire.param);
  const isPlanError = errorClass === USAGE_LIMIT || errorClass === NOT_INCLUDED;
  return {
    ...details,
    reason: errorClass.reason,
    status: numberOf(wire.status) ?? details.status,
    peerCode: code === undefined ? details.peerCode : quote(code),
    parameter: parameter === undefined ? details.parameter : quote(parameter),
    plan: (isPlanError ? textOf(wire.plan_type) : undefined) ?? details.plan,
    resetsAt: (errorClass === USAGE_LIMIT ? resetTime(wire) : undefined) ?? details.resetsAt,
  };
}

function messageOf(errorClass: ErrorClass, { resetsAt, plan }: ErrorDetails, peerMessage: string): string {
  const time = resetsAt === undefined ? undefined : utcTime(resetsAt);
  const facts = [
    ...(errorClass === USAGE_LIMIT && time !== undefined ? [`It resets at ${time}.`] : []),
    ...(plan === undefined ? [] : [`The plan is ${JSON.stringify(plan)}.`]),
    ...(peerMessage === "" ? [] : [`The provider says: ${peerMessage}`]),
  ];
  return [errorClass.message, ...facts].join(" ");
}

function resetTime({ resets_at: seconds }: WireError): number | undefined {
  return typeof seconds === "number" ? numberOf(seconds * 1000) : undefined;
}

function utcTime(unixMs: number): string | undefined {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime())
    ? undefined
    : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
