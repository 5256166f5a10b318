import type { ErrorCode } from "axio";

/** A rule that recognizes one kind of error. All given conditions must hold. */
export interface ErrorRule {
  readonly code: ErrorCode;
  /** The status of the response, one of which it has. */
  readonly statuses?: readonly number[] | undefined;
  /** The values of `error.type`, one of which the error has. */
  readonly types?: readonly string[] | undefined;
  /** The values of `error.details.error_code`. */
  readonly peerCodes?: RegExp | undefined;
  /** Matches the message. */
  readonly message?: RegExp | undefined;
  /** Whether the same request may succeed later. Default: `false`. */
  readonly retryable?: boolean | undefined;
  /** Says what happened and what to do. `{model}` is the model of the request. */
  readonly advice: string;
}

const KEY_ADVICE = "Anthropic does not accept the API key. Check it, or use another one.";
const USAGE_ADVICE =
  "The account has no credit left, or reached its spend limit. Add credit, or raise the limit in the Claude Console.";
const CONTEXT_ADVICE = "The conversation is longer than the model can read. Compact it, or start a new one.";
const OVERLOAD_ADVICE = "Anthropic is overloaded. Try again later.";
const SERVER_ADVICE = "Anthropic could not process the request now. Try again.";

/** The rules, most specific first. The first one that fits counts: for responses, and for errors inside a stream. */
export const ERROR_RULES: readonly ErrorRule[] = [
  {
    code: "usage-limit",
    peerCodes: /spend_limit_reached$|^credit_balance|^billing_|^insufficient_quota$/,
    advice: USAGE_ADVICE,
  },
  { code: "usage-limit", statuses: [402], advice: USAGE_ADVICE },
  { code: "usage-limit", types: ["billing_error"], advice: USAGE_ADVICE },
  {
    code: "usage-limit",
    message:
      /credit balance is too low|reached your specified API usage limits|usage limits? (?:has been|was) reached/i,
    advice: USAGE_ADVICE,
  },
  {
    code: "context-length",
    message: /prompt is too long|exceed(?:s)? (?:the )?context (?:limit|window)|input is too long/i,
    advice: CONTEXT_ADVICE,
  },
  {
    code: "unauthenticated",
    statuses: [401],
    advice: KEY_ADVICE,
  },
  {
    code: "unauthenticated",
    types: ["authentication_error"],
    advice: KEY_ADVICE,
  },
  {
    code: "unsupported-country",
    statuses: [403],
    message: /request not allowed|countr(?:y|ies)|region|territor/i,
    advice:
      "Anthropic does not serve the country of the request. To use a proxy in another country, set HTTPS_PROXY.",
  },
  {
    code: "forbidden",
    statuses: [403],
    advice: "Anthropic does not allow this to the account. Check the rights of the key and its workspace.",
  },
  {
    code: "forbidden",
    types: ["permission_error"],
    advice: "Anthropic does not allow this to the account. Check the rights of the key and its workspace.",
  },
  {
    code: "model-not-supported",
    message:
      /^model: |model .{0,80}(?:not found|does not exist|not available|is deprecated|has been retired)/i,
    advice: "Anthropic does not offer the model {model} to this account. Choose another one.",
  },
  {
    code: "not-found",
    statuses: [404],
    advice: "Anthropic has nothing at this address. Check the base URL and the model.",
  },
  { code: "not-found", types: ["not_found_error"], advice: "Anthropic did not find what the request names." },
  {
    code: "rate-limit",
    peerCodes: /^ramp_limit_exceeded$/,
    retryable: true,
    advice: "The account sends more requests than shortly before. Send them more slowly.",
  },
  {
    code: "overloaded",
    types: ["overloaded_error"],
    retryable: true,
    advice: OVERLOAD_ADVICE,
  },
  { code: "overloaded", statuses: [503, 529], retryable: true, advice: OVERLOAD_ADVICE },
  {
    code: "rate-limit",
    types: ["rate_limit_error"],
    retryable: true,
    advice: "The account reached its rate limit. Wait before the next request.",
  },
  {
    code: "rate-limit",
    statuses: [429],
    retryable: true,
    advice: "The account reached its rate limit. Wait before the next request.",
  },
  {
    code: "context-length",
    statuses: [413],
    message: /token|context|prompt/i,
    advice: CONTEXT_ADVICE,
  },
  {
    code: "request-too-large",
    statuses: [413],
    advice:
      "The request is larger than the 32 MB that Anthropic accepts. Remove images and files, or compact the conversation.",
  },
  {
    code: "request-too-large",
    types: ["request_too_large"],
    advice:
      "The request is larger than the 32 MB that Anthropic accepts. Remove images and files, or compact the conversation.",
  },
  {
    code: "unsupported-content",
    peerCodes: /^image_/,
    advice: "Anthropic does not accept an image of the request. Remove it, or make it smaller.",
  },
  {
    code: "unsupported-content",
    statuses: [400, 422],
    message:
      /could not process (?:image|pdf)|image (?:dimensions|exceeds)|too many images|maximum of \d+ (?:images|pdf pages)|image does not match/i,
    advice: "Anthropic does not accept an image or file of the request. Remove it, or convert it.",
  },
  {
    code: "unsupported-parameter",
    statuses: [400, 422],
    message:
      /does not support|not supported (?:for|by|on) this model|is not supported|extra inputs are not permitted|unexpected value\(s\)|cannot both be specified|may only be set|is deprecated for this model/i,
    advice: "The model {model} does not accept a setting of the request. Remove it, or choose another model.",
  },
  { code: "server", statuses: [408, 409, 425, 504], retryable: true, advice: SERVER_ADVICE },
  {
    code: "server",
    types: ["timeout_error", "conflict_error", "api_error"],
    retryable: true,
    advice: SERVER_ADVICE,
  },
  {
    code: "invalid-request",
    types: ["invalid_request_error"],
    advice: "Anthropic rejected the request as invalid. Change it before you send it again.",
  },
];
