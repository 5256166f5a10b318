import { AxioError, type ErrorCode, type ErrorDetails, type ToolDefinition } from "axio";
import {
  type ErrorRule,
  errorFromResponse,
  type HttpResponse,
  parseRetryText,
  type ResponseFault,
  readBodyText,
} from "axio-http";
import { responseDetails } from "axio-http/internal";
import { type ClassifyOptions, classifyResponseError } from "axio-responses";

/** Options of {@link readErrorResponse}. */
export interface ReadErrorOptions {
  /** The rules of the service, before the general ones. Default: none. */
  readonly rules?: readonly ErrorRule[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Values that were sent and must not appear in the error. What looks like a token is always removed. Default: none. */
  readonly secrets?: readonly string[] | undefined;
  /** More facts for the error. Default: none. */
  readonly details?: ErrorDetails | undefined;
}

/**
 * Reads a response without success as an error. The body is read within limits.
 *
 * @throws AxioError `aborted`.
 */
export async function readErrorResponse(
  response: HttpResponse,
  url: string | URL,
  { rules, signal, secrets = [], details }: ReadErrorOptions,
): Promise<AxioError> {
  const { status, headers } = response;
  const body = await readBodyText(response, { signal });
  const bodyText = secrets
    .filter((secret) => secret !== "")
    .reduce((text, secret) => text.replaceAll(secret, "[hidden]"), body);
  return errorFromResponse({ status, headers, bodyText, url, now: Date.now(), rules, details });
}

/**
 * Reads a response as JSON.
 *
 * @throws AxioError `protocol` if it is not JSON, `network`, `aborted`.
 */
export async function readJson(
  response: HttpResponse,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const body = await readBodyText(response, { signal, whole: true });
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AxioError(
      "protocol",
      `The response of ${url.host} is not JSON. A proxy may have changed it; check the base URL.`,
      { cause, details: responseDetails(response.status, response.headers, url) },
    );
  }
}

/** Facts that a service adds to an error. */
export interface ServiceFacts extends Pick<ClassifyOptions, "classify"> {
  /** The parameter that was rejected. Default: the one that the body names. */
  readonly parameter?: string | undefined;
  /** How long to wait before a retry, in milliseconds. Default: what the response asks for. */
  readonly retryAfterMs?: number | undefined;
  /** More facts for the error. Default: none. */
  readonly details?: ErrorDetails | undefined;
}

/**
 * Classifies an error response as the Responses API words its errors.
 *
 * @returns `undefined` for a page, an empty body and a country error: the general rules classify them.
 */
export function classifyFault(
  fault: ResponseFault,
  { classify, parameter = fault.parameter, retryAfterMs = fault.retryAfterMs, details }: ServiceFacts = {},
): AxioError | undefined {
  const { status, code, type, summary: message, body } = fault;
  if (body === undefined || fault.details.peerCode === "unsupported_country_region_territory")
    return undefined;
  return classifyResponseError(
    { ...fault.fault, status, code, type, message, param: parameter },
    { classify, parseRetryText, retryAfterMs, details: { ...fault.details, ...details } },
  );
}

const SIGN_IN_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unauthenticated",
  "credentials-malformed",
  "store-unavailable",
  "store-locked",
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
  "jwks-unavailable",
  "not-entitled",
  "account-mismatch",
  "refresh-failed",
]);

/** Whether a request failed because there are no valid credentials: all others fail too, until the user signs in. */
export function isSignInError(error: unknown): boolean {
  return AxioError.is(error) && SIGN_IN_CODES.has(error.code);
}

/** How the API words the rejection of a hosted tool. */
const HOSTED_TOOL_REJECTED = /hosted tool|tool .*(not supported|not available|not enabled)/i;

/** Adds a remedy to an error that rejects a hosted tool; returns other errors as they are. */
export function explainHostedTools(error: AxioError, tools: readonly ToolDefinition[]): AxioError {
  const hosted = tools.flatMap((tool) => (tool.hosted === undefined ? [] : [tool.name]));
  const isRejection = error.code === "invalid-request" || error.code === "unsupported-parameter";
  if (!isRejection || hosted.length === 0 || !HOSTED_TOOL_REJECTED.test(error.message)) return error;
  return new AxioError(
    error.code,
    `${error.message} The agent offers ${hosted.join(" and ")}, which the provider runs: leave out what this account or model does not have, or choose another model.`,
    { cause: error, details: error.details },
  );
}
