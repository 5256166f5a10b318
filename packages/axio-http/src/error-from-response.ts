import { AxioError, type AxioErrorOptions, type ErrorCode, type ErrorDetails } from "axio";
import { hideTokens, htmlTitle, isHtml, truncateForMessage } from "axio/internal";
import { type ErrorBody, parseErrorBody } from "./error-body.ts";
import { parseRetryAfter, parseRetryText } from "./retry-after.ts";
import { redactUrl } from "./secure-url.ts";

/** A response without success. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The text of the body, or its beginning. */
  readonly bodyText: string;
  /** The URL of the request. */
  readonly url: string | URL;
  /** The current time, in Unix milliseconds. */
  readonly now: number;
  /** The provider's own rules. The first that returns an error wins; otherwise the general rules decide. Default: none. */
  readonly rules?: readonly ErrorRule[] | undefined;
  /** More facts for the error. Default: none. */
  readonly details?: ErrorDetails | undefined;
}

/** A response without success as rules see it. */
export interface ResponseFault extends ErrorBody {
  readonly status: number;
  readonly headers: Headers;
  readonly bodyText: string;
  /** The peer's message, or the title or beginning of the body: one short line without control characters. May be empty. */
  readonly summary: string;
  /** How long the peer asks to wait, in a header or in its message, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The facts for the error: status, the peer's code, request ids, URL. */
  readonly details: ErrorDetails;
}

/** A rule of a provider: returns an error for responses that it knows, and `undefined` for all others. */
export type ErrorRule = (fault: ResponseFault) => AxioError | undefined;

/** Converts a response without success to an error, and decides whether it is retryable. Pure. */
export function errorFromResponse(response: ErrorResponse): AxioError {
  const fault = readFault(response);
  for (const rule of response.rules ?? []) {
    const error = rule(fault);
    if (error) return error;
  }
  return generalError(fault, new URL(response.url).host);
}

/** Returns status, request ids and URL of a response, for `AxioError.details`. */
export function responseDetails(status: number, headers: Headers, url: string | URL): ErrorDetails {
  const requestId = REQUEST_IDS.map((name) => headers.get(name)).find((id) => id !== null);
  return {
    status,
    url: redactUrl(url),
    requestId: truncateId(requestId),
    cfRay: truncateId(headers.get("cf-ray")),
  };
}

const MAX_ID_LENGTH = 100;

function truncateId(id: string | null | undefined): string | undefined {
  return id ? truncateForMessage(id, MAX_ID_LENGTH) : undefined;
}

/** The headers in which peers state the id of a request in their logs. */
const REQUEST_IDS = ["x-request-id", "x-oai-request-id", "openai-request-id", "request-id"] as const;

function readFault({ status, headers, url, now, ...response }: ErrorResponse): ResponseFault {
  // A peer that echoes the request echoes tokens. They must not get into causes either.
  const bodyText = hideTokens(response.bodyText);
  const body = parseErrorBody(bodyText);
  const peerCode = body.code ?? body.type;
  const retryAfterMs = retryAfter(headers, body.message, now);
  return {
    ...body,
    status,
    headers,
    bodyText,
    summary: summarize(bodyText, body),
    retryAfterMs,
    details: {
      ...responseDetails(status, headers, url),
      peerCode: truncateId(peerCode),
      parameter: truncateId(body.parameter),
      ...response.details,
    },
  };
}

/** Returns what a user should see of a body: its message, the title of a page, or its beginning. */
export function summarize(
  bodyText: string,
  { message, code, type }: ErrorBody = parseErrorBody(bodyText),
): string {
  if (isHtml(bodyText)) return htmlTitle(bodyText);
  return truncateForMessage(message ?? code ?? type ?? bodyText);
}

function retryAfter(headers: Headers, message: string | undefined, now: number): number | undefined {
  const milliseconds = headers.get("retry-after-ms")?.trim() ?? "";
  if (/^\d{1,12}(?:\.\d+)?$/.test(milliseconds)) return Number(milliseconds);
  return parseRetryAfter(headers.get("retry-after"), now) ?? parseRetryText(message ?? "");
}

function generalError(fault: ResponseFault, host: string): AxioError {
  const { status, details, retryAfterMs } = fault;
  const quote = fault.summary === "" ? "" : ` It said: ${fault.summary}`;
  const make = (code: ErrorCode, message: string, options: AxioErrorOptions = {}): AxioError =>
    new AxioError(code, message + quote, { details, ...options });
  const transient = { retryable: true, retryAfterMs };

  if (isUnsupportedCountry(fault)) {
    return make(
      "unsupported-country",
      `${host} does not serve the country of the request (${status}). ` +
        "To use a proxy in another country, set HTTPS_PROXY.",
    );
  }
  if (isBlockedByCloudflare(fault)) {
    const ray = details.cfRay === undefined ? "" : `, ray ${details.cfRay}`;
    return make(
      "blocked",
      `Cloudflare blocked the request to ${host} as automated (${status}${ray}). Networks of data centers and VPNs are ` +
        "often blocked: try another network, or wait some minutes.",
      { details: { ...details, reason: "cloudflare" } },
    );
  }
  if (isOverloaded(fault)) {
    return make("overloaded", `${host} is overloaded (${status}). Try again later.`, transient);
  }
  if (status === 429) {
    return make("rate-limit", `${host} asks for fewer requests (429). Try again later.`, transient);
  }
  if (status >= 500) return make("server", `${host} failed (${status}). Try again later.`, transient);
  if (status === 408 || status === 409 || status === 425) {
    return make("server", `${host} could not process the request now (${status}). Try again.`, transient);
  }
  if (status === 401)
    return make("unauthenticated", `${host} rejected the credentials (401). Sign in again.`);
  if (status === 402 || status === 403) {
    return make("forbidden", `${host} does not allow the account to do this (${status}).`);
  }
  if (status === 404) {
    return make("not-found", `${host} has nothing at this URL (404). Check the base URL and the model.`);
  }
  if (status === 413) {
    return make(
      "request-too-large",
      `The request is larger than ${host}, or a proxy before it, accepts (413). Remove large files and images, or compact the conversation.`,
    );
  }
  if (status >= 400) return make("invalid-request", `${host} rejected the request as invalid (${status}).`);
  return make("protocol", `${host} sent an unexpected response (${status}).`);
}

const UNSUPPORTED_COUNTRY = "unsupported_country_region_territory";

function isUnsupportedCountry({ status, details, bodyText }: ResponseFault): boolean {
  return (
    details.peerCode === UNSUPPORTED_COUNTRY || (status === 403 && bodyText.includes(UNSUPPORTED_COUNTRY))
  );
}

const OVERLOAD_CODES = new Set(["server_is_overloaded", "slow_down", "overloaded_error", "overloaded"]);

function isOverloaded({ status, code, type }: ResponseFault): boolean {
  const isOverloadCode = OVERLOAD_CODES.has(code ?? "") || OVERLOAD_CODES.has(type ?? "");
  return (status >= 500 && isOverloadCode) || status === 529;
}

/** Whether the page is Cloudflare's own. A failure of the server behind it is a `server` error. */
function isBlockedByCloudflare({ status, headers, bodyText }: ResponseFault): boolean {
  if (status !== 403 && status !== 429 && status !== 503) return false;
  if (headers.has("cf-mitigated")) return true;
  if (!isHtml(bodyText)) return false;
  if (/just a moment|attention required/i.test(htmlTitle(bodyText))) return true;
  return status === 403 && (headers.has("cf-ray") || /cloudflare/i.test(bodyText));
}
