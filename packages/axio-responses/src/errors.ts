import { AxioError, type AxioErrorOptions, type ErrorDetails } from "axio";
import type { ErrorClass } from "./error-class.ts";
import { classifyPlanError } from "./plan-errors.ts";

/** An error as the API words it, in an event, a frame or an HTTP body. Nothing of it is trusted to be well-typed. */
export interface WireError {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly param?: unknown;
  /** The HTTP status, or the one that a WebSocket frame names. */
  readonly status?: unknown;
  /** `usage_limit_reached`: the account's plan. */
  readonly plan_type?: unknown;
  /** `usage_limit_reached`: Unix seconds. */
  readonly resets_at?: unknown;
  /** `usage_limit_reached`: seconds from now. */
  readonly resets_in_seconds?: unknown;
}

/** What the caller knows of an error besides its own words. */
export interface ClassifyOptions {
  /** Reads a delay in milliseconds out of a message such as "Please try again in 1.5s". Without it none is read. */
  readonly parseRetryText?: ((message: string) => number | undefined) | undefined;
  /** Makes the peer's words fit to be shown: short, on one line, without secrets. Without it they are shown as they are. */
  readonly quote?: ((message: string) => string) | undefined;
  /** Facts from elsewhere, such as the request's id. What the error says itself comes before them. */
  readonly details?: ErrorDetails | undefined;
  /** How long the peer asked to wait, in milliseconds; comes before the message's own words. */
  readonly retryAfterMs?: number | undefined;
  /** The evidence. Default: the error as it came. */
  readonly cause?: unknown;
}

const CONTEXT_LENGTH: ErrorClass = {
  code: "context-length",
  message: "The conversation is longer than the model can read. Compact it, or begin a new one.",
};
const USAGE_LIMIT: ErrorClass = {
  code: "usage-limit",
  message: "The usage limit of the account is reached. Wait until it resets, or raise it in the plan.",
};
const NOT_INCLUDED: ErrorClass = {
  code: "usage-not-included",
  message: "The account's plan does not include this use. Choose another plan or account.",
};
const POLICY: ErrorClass = {
  code: "content-policy",
  message: "The provider's policy forbids an answer to this request. Reword it.",
};
const INVALID: ErrorClass = {
  code: "invalid-request",
  message: "The provider refused the request as invalid. Change it before sending it again.",
};
const UNREADABLE_REASONING: ErrorClass = {
  code: "invalid-request",
  message:
    "The provider cannot read the encrypted reasoning in this conversation, as happens after a change of account. Begin a new one.",
};
const UNSUPPORTED_PARAMETER: ErrorClass = {
  code: "unsupported-parameter",
  message: "The provider takes no such setting. Leave it out.",
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
  message: "Too many requests in a short time. Wait a little before the next.",
};
const UNAUTHENTICATED: ErrorClass = {
  code: "unauthenticated",
  message: "The provider does not accept the sign-in. Sign in again.",
};
const FORBIDDEN: ErrorClass = {
  code: "forbidden",
  message: "The account may not do this. Check its workspace and rights.",
};
const WRONG_WORKSPACE: ErrorClass = {
  code: "wrong-workspace",
  message: "The account cannot use this workspace. Choose another one, or sign in again.",
};
const COUNTRY: ErrorClass = {
  code: "unsupported-country",
  message: "The provider does not serve the country that this request comes from.",
};
const NOT_FOUND: ErrorClass = {
  code: "not-found",
  message: "The provider does not know what the request names. Check the address and the ids.",
};
const SERVER: ErrorClass = {
  code: "server",
  retryable: true,
  message: "The provider failed. Try again.",
};
const NOT_NOW: ErrorClass = {
  code: "server",
  retryable: true,
  message: "The provider could not take the request now. Try again.",
};

/** By the peer's `code`, and where that says nothing by its `type`. */
const VERDICTS: ReadonlyMap<string, ErrorClass> = new Map([
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

/** Where code and type say nothing of their own. */
const WORDS: readonly (readonly [RegExp, ErrorClass])[] = [
  [/\bmodel\b.*\b(not supported|does not exist|not found|no access)/is, MODEL],
  [/^unsupported parameter\b/i, UNSUPPORTED_PARAMETER],
];

/** Where nothing else does. */
const STATUSES: ReadonlyMap<number, ErrorClass> = new Map([
  [400, INVALID],
  [401, UNAUTHENTICATED],
  [403, FORBIDDEN],
  [404, NOT_FOUND],
  [408, NOT_NOW],
  [409, NOT_NOW],
  [413, CONTEXT_LENGTH],
  [422, INVALID],
  [425, NOT_NOW],
  [429, RATE_LIMIT],
  [503, OVERLOADED],
  [529, OVERLOADED],
]);

/**
 * Names an error of the API. A pure table: by its code, its type, the words of its message, its HTTP status, in this
 * order. What is in none of them is the server's fault and may be tried again.
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
  const verdict = verdictOf(wire, peerMessage);
  const retryAfterMs = retryAfter(wire, verdict, message, options);
  const details = detailsOf(wire, verdict, options);
  const errorOptions: AxioErrorOptions = {
    cause: options.cause ?? wire,
    retryable: verdict.retryable ?? false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details,
  };
  return new AxioError(verdict.code, messageOf(verdict, details, peerMessage), errorOptions);
}

function verdictOf(wire: WireError, message: string): ErrorClass {
  const code = textOf(wire.code) ?? "";
  const byCode = VERDICTS.get(code) ?? classifyPlanError(code) ?? VERDICTS.get(textOf(wire.type) ?? "");
  if (byCode !== undefined) return byCode;
  const byWords = WORDS.find(([words]) => words.test(message));
  if (byWords !== undefined) return byWords[1];
  const status = numberOf(wire.status);
  const byStatus = status === undefined ? undefined : STATUSES.get(status);
  if (byStatus !== undefined) return byStatus;
  return textOf(wire.type) === "invalid_request_error" ? INVALID : SERVER;
}

function retryAfter(
  wire: WireError,
  verdict: ErrorClass,
  message: string,
  { retryAfterMs, parseRetryText }: ClassifyOptions,
): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const seconds = verdict === USAGE_LIMIT ? numberOf(wire.resets_in_seconds) : undefined;
  if (seconds !== undefined) return Math.max(0, seconds * 1000);
  return verdict.retryable === true ? parseRetryText?.(message) : undefined;
}

function detailsOf(
  wire: WireError,
  verdict: ErrorClass,
  { details: known, quote = (words) => words }: ClassifyOptions,
): ErrorDetails {
  const status = numberOf(wire.status);
  const code = textOf(wire.code) ?? textOf(wire.type);
  const peerCode = code === undefined ? undefined : quote(code);
  const param = textOf(wire.param);
  const parameter = param === undefined ? undefined : quote(param);
  const plan = verdict === USAGE_LIMIT || verdict === NOT_INCLUDED ? textOf(wire.plan_type) : undefined;
  const resetsAt =
    verdict === USAGE_LIMIT ? numberOf((numberOf(wire.resets_at) ?? Number.NaN) * 1_000) : undefined;
  return {
    ...known,
    ...(status === undefined ? {} : { status }),
    ...(peerCode === undefined ? {} : { peerCode }),
    ...(parameter === undefined ? {} : { parameter }),
    ...(plan === undefined ? {} : { plan }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
  };
}

function messageOf(verdict: ErrorClass, { resetsAt, plan }: ErrorDetails, peerMessage: string): string {
  const time = resetsAt === undefined ? undefined : utcTime(resetsAt);
  const facts = [
    ...(verdict === USAGE_LIMIT && time !== undefined ? [`It resets at ${time}.`] : []),
    ...(plan === undefined ? [] : [`The plan is ${JSON.stringify(plan)}.`]),
    ...(peerMessage === "" ? [] : [`The provider says: ${peerMessage}`]),
  ];
  return [verdict.message, ...facts].join(" ");
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
