import { AxioError, type ErrorDetails } from "axio";
import { type Dialect, GENERIC_DIALECT } from "../dialect/dialect.ts";
import { ERROR_KINDS, type ErrorKind, type ErrorRule } from "../dialect/error-kinds.ts";
import { type ErrorBody, readErrorBody } from "./error-body.ts";
import { COMMON_RULES } from "./error-rules.ts";

/** Facts about an error that are not in its body. */
export interface ErrorContext {
  /** The HTTP status. Default: the status that the body names. */
  readonly status?: number | undefined;
  /** `x-should-retry` of the response: whether the server itself recommends a retry. A missing credit is never retried. */
  readonly shouldRetry?: boolean | undefined;
  /** How long the server asks to wait, in milliseconds. Comes before what the body says. */
  readonly retryAfterMs?: number | undefined;
  /** Reads a delay in milliseconds from a message such as "Please try again in 1.5s". Default: none is read. */
  readonly parseRetryText?: ((message: string) => number | undefined) | undefined;
  /** Makes the server's words fit to be shown: short, on one line, without secrets. Default: they are shown as they are. */
  readonly quote?: ((message: string) => string) | undefined;
  /** Further facts, such as the request id. */
  readonly details?: ErrorDetails | undefined;
  /** The evidence. Default: the body. */
  readonly cause?: unknown;
}

/**
 * Turns the body of an error into an `AxioError`: by the dialect's rules, then the common ones. A failure that no rule knows
 * is the request's fault with a status below 500, else the server's.
 *
 * @param body The body as text or parsed, or a chunk of a stream that reports an error.
 *
 * @example
 * ```ts
 * import { classifyChatError, DIALECTS } from "axio-chat-completions";
 *
 * const error = classifyChatError('{"error":{"type":"insufficient_quota","message":"No credit."}}', DIALECTS.openai, {
 *   status: 429,
 * });
 * error.code; // "usage-limit"
 * error.retryable; // false
 * ```
 */
export function classifyChatError(
  body: unknown,
  dialect: Dialect = GENERIC_DIALECT,
  context: ErrorContext = {},
): AxioError {
  const read = readErrorBody(body);
  const status = context.status !== undefined && context.status >= 400 ? context.status : read.status;
  const rule = [...dialect.errors, ...COMMON_RULES].find((candidate) => fits(candidate, read, status));
  const { code, retryable, message } = ERROR_KINDS[rule?.kind ?? unknownKind(status)];
  const quote = context.quote ?? ((words: string) => words);
  const advice = (rule?.message ?? message).replace("{server}", dialect.name);
  const words = quote(read.message.trim());
  const isPermanent = code === "usage-limit";
  const retries = !isPermanent && (context.shouldRetry ?? retryable);
  const retryAfterMs =
    context.retryAfterMs ??
    (retries ? (read.retryAfterMs ?? context.parseRetryText?.(read.message)) : undefined);
  const [peerCode] = read.codes;
  return new AxioError(code, words === "" ? advice : `${advice} It said: ${words}`, {
    cause: context.cause ?? body,
    retryable: retries,
    retryAfterMs,
    details: {
      ...context.details,
      status: status ?? context.details?.status,
      peerCode: peerCode === undefined ? undefined : quote(peerCode),
      parameter: read.parameter === undefined ? undefined : quote(read.parameter),
    },
  });
}

function fits(rule: ErrorRule, body: ErrorBody, status: number | undefined): boolean {
  const { statuses, codes, pattern, metadata } = rule;
  if (statuses !== undefined && !(status !== undefined && statuses.includes(status))) return false;
  if (codes !== undefined && !body.codes.some((code) => codes.includes(code.toLowerCase()))) return false;
  const member = metadata === undefined ? undefined : body.metadata[metadata.name];
  if (metadata !== undefined && (member === undefined || member !== (metadata.value ?? member))) return false;
  return pattern === undefined || new RegExp(pattern, "is").test(body.message);
}

function unknownKind(status: number | undefined): ErrorKind {
  return status !== undefined && status < 500 ? "invalid" : "server";
}
