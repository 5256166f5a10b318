import type { ErrorCode } from "axio";

/** The kinds of errors that servers report. */
export type ErrorKind =
  | "api-key"
  | "country"
  | "forbidden"
  | "policy"
  | "credit"
  | "rate-limit"
  | "request-too-large"
  | "overloaded"
  | "loading"
  | "context-length"
  | "parameter"
  | "no-tool-use"
  | "content"
  | "responses-only"
  | "model"
  | "not-found"
  | "tool-call"
  | "invalid"
  | "unavailable"
  | "server";

/** The meaning of one kind of error. */
export interface ErrorMeaning {
  readonly code: ErrorCode;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Says what happened and what to do. `{server}` stands for the server's name. */
  readonly message: string;
}

/** A rule that recognizes one kind of error. All given conditions must hold. Plain data. */
export interface ErrorRule {
  readonly kind: ErrorKind;
  /** The HTTP statuses, one of which the error has. */
  readonly statuses?: readonly number[] | undefined;
  /** The values of `code`, `type` or `status` in the body, in lower case, one of which the error has. */
  readonly codes?: readonly string[] | undefined;
  /** A regular expression that the message matches, whatever its case. */
  readonly pattern?: string | undefined;
  /** A member of OpenRouter's `error.metadata` that the error has, and its value if only one counts. */
  readonly metadata?: { readonly name: string; readonly value?: string | undefined } | undefined;
  /** Advice instead of the kind's own message. */
  readonly message?: string | undefined;
}

/** The meaning of each kind of error. */
export const ERROR_KINDS: { readonly [Kind in ErrorKind]: ErrorMeaning } = {
  "api-key": meaning(
    "unauthenticated",
    "{server} does not accept the API key. Check the key, or sign in with another one.",
  ),
  country: meaning(
    "unsupported-country",
    "{server} does not serve the country that this request comes from.",
  ),
  forbidden: meaning("forbidden", "{server} does not allow this to the account. Check its rights."),
  policy: meaning("content-policy", "{server} forbids a response to this request by its policy. Reword it."),
  credit: meaning(
    "usage-limit",
    "{server} reports that the account has no credit left, or reached its spend limit. Add credit or raise the limit.",
  ),
  "rate-limit": meaning(
    "rate-limit",
    "{server} received too many requests in a short time. Wait before the next one.",
    true,
  ),
  "request-too-large": meaning(
    "request-too-large",
    "{server} accepts no request of this size. Remove large files and images, or compact the conversation.",
  ),
  overloaded: meaning("overloaded", "{server} is overloaded. Try again later.", true),
  loading: meaning("overloaded", "{server} is still loading the model. Try again in a moment.", true),
  "context-length": meaning(
    "context-length",
    "The conversation is longer than the model can read. Compact it, or start a new one.",
  ),
  parameter: meaning(
    "unsupported-parameter",
    "{server} does not accept a parameter of the request. Remove it, or choose another value.",
  ),
  "no-tool-use": meaning(
    "unsupported-parameter",
    "The model cannot use tools. Choose another model, or remove the tools.",
  ),
  content: meaning(
    "unsupported-content",
    "The model does not accept this kind of content. Remove it, or choose another model.",
  ),
  "responses-only": meaning(
    "unsupported-parameter",
    "The model does not accept this request on Chat Completions. Use the Responses API.",
  ),
  model: meaning(
    "model-not-supported",
    "{server} does not offer the model to this account. Choose another one.",
  ),
  "not-found": meaning(
    "not-found",
    "{server} has nothing at this address. Check the base URL and the model.",
  ),
  "tool-call": meaning(
    "output-mismatch",
    "The model wrote a tool call that does not fit the tool's schema. Try again.",
    true,
  ),
  invalid: meaning(
    "invalid-request",
    "{server} refused the request as invalid. Change it before sending it again.",
  ),
  unavailable: meaning("server", "{server} could not take the request now. Try again.", true),
  server: meaning("server", "{server} failed. Try again.", true),
};

function meaning(code: ErrorCode, message: string, retryable = false): ErrorMeaning {
  return { code, message, retryable };
}
