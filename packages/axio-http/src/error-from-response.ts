import { AxioError, type AxioErrorOptions, type ErrorCode, type ErrorDetails } from "axio";
import { hideTokens, htmlTitle, isHtml, truncateForMessage } from "./clean-text.ts";
import { type ErrorBody, parseErrorBody } from "./error-body.ts";
import { parseRetryAfter, parseRetryText } from "./retry-after.ts";
import { redactUrl } from "./secure-url.ts";

/** An answer that is an error. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The body's text, or its beginning. */
  readonly bodyText: string;
  /** The address that was called. */
  readonly url: string | URL;
  /** The present, in Unix milliseconds. */
  readonly now: number;
  /** The provider's own rules. The first that gives an error wins; otherwise the general ones decide. */
  readonly rules?: readonly ErrorRule[] | undefined;
}

/** An answer that is an error, read: what rules decide upon. */
export interface ResponseFault extends ErrorBody {
  readonly status: number;
  readonly headers: Headers;
  readonly bodyText: string;
  /** The peer's message, or what stands for it, fit to be shown: one line, short, no control characters. May be empty. */
  readonly summary: string;
  /** How long the peer asks to wait, by header or in its message, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Status, peer's code, request ids, address: for the error that is made of this. */
  readonly details: ErrorDetails;
}

/** A provider's rule: an error of its own for answers that it knows, `undefined` for all others. */
export type ErrorRule = (fault: ResponseFault) => AxioError | undefined;

/** Makes an error of an answer. Pure; decides also whether the same call may be made again. */
export function errorFromResponse(response: ErrorResponse): AxioError {
  const fault = readFault(response);
  for (const rule of response.rules ?? []) {
    const error = rule(fault);
    if (error) return error;
  }
  return generalError(fault, new URL(response.url).host);
}

/** Status, request ids and address of an answer, for `AxioError.details`. */
export function responseDetails(status: number, headers: Headers, url: string | URL): ErrorDetails {
  const requestId = REQUEST_IDS.map((name) => headers.get(name)).find((id) => id !== null);
  const cfRay = headers.get("cf-ray");
  return {
    status,
    url: redactUrl(url),
    ...(requestId ? { requestId: truncateForMessage(requestId, MAX_ID_LENGTH) } : {}),
    ...(cfRay ? { cfRay: truncateForMessage(cfRay, MAX_ID_LENGTH) } : {}),
  };
}

const MAX_ID_LENGTH = 100;

/** Where peers say under which id they logged a request. */
const REQUEST_IDS = ["x-request-id", "x-oai-request-id", "openai-request-id"] as const;

function readFault({ status, headers, url, now, ...response }: ErrorResponse): ResponseFault {
  // Whoever repeats what it was sent, repeats tokens: they must not get into causes either.
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
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: {
      ...responseDetails(status, headers, url),
      ...(peerCode === undefined ? {} : { peerCode: truncateForMessage(peerCode, MAX_ID_LENGTH) }),
      ...(body.parameter === undefined
        ? {}
        : { parameter: truncateForMessage(body.parameter, MAX_ID_LENGTH) }),
    },
  };
}

/** What a person should see of a body: its message, a page's title, or else its beginning. */
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
  const said = fault.summary === "" ? "" : ` It said: ${fault.summary}`;
  const make = (code: ErrorCode, message: string, options: AxioErrorOptions = {}): AxioError =>
    new AxioError(code, message + said, { details, ...options });
  const passing = { retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };

  if (isUnsupportedCountry(fault)) {
    return make(
      "unsupported-country",
      `${host} does not serve the country that the request came from (${status}). ` +
        "If you reach it through a proxy elsewhere, set HTTPS_PROXY.",
    );
  }
  if (isBlockedByCloudflare(fault)) {
    const ray = details.cfRay === undefined ? "" : `, ray ${details.cfRay}`;
    return make(
      "blocked-by-cloudflare",
      `Cloudflare, which guards ${host}, took the request for a robot's (${status}${ray}). Networks of data centers ` +
        "and VPNs are often refused: try another network, or wait some minutes.",
    );
  }
  if (isOverloaded(fault)) {
    return make("overloaded", `${host} is overloaded (${status}). Try again later.`, passing);
  }
  if (status === 429) {
    return make("rate-limit", `${host} asks for fewer requests (429). Try again later.`, passing);
  }
  if (status >= 500) return make("server", `${host} failed (${status}). Try again later.`, passing);
  if (status === 408 || status === 409 || status === 425) {
    return make("server", `${host} could not take the request now (${status}). Try again.`, passing);
  }
  if (status === 401)
    return make("unauthenticated", `${host} did not accept the sign-in (401). Sign in again.`);
  if (status === 402 || status === 403) {
    return make("forbidden", `${host} does not allow this to the account (${status}).`);
  }
  if (status === 404) {
    return make(
      "not-found",
      `${host} has nothing at this address (404). Check the base address and the model.`,
    );
  }
  if (status === 413) {
    return make(
      "context-length",
      `The request is larger than ${host} takes (413). Compact the conversation, or leave large files out.`,
    );
  }
  if (status >= 400) return make("invalid-request", `${host} refused the request (${status}).`);
  return make("protocol", `${host} gave an answer that was not expected (${status}).`);
}

const UNSUPPORTED_COUNTRY = "unsupported_country_region_territory";

function isUnsupportedCountry({ status, details, bodyText }: ResponseFault): boolean {
  return (
    details.peerCode === UNSUPPORTED_COUNTRY || (status === 403 && bodyText.includes(UNSUPPORTED_COUNTRY))
  );
}

const OVERLOAD_CODES = new Set(["server_is_overloaded", "slow_down", "overloaded_error", "overloaded"]);

function isOverloaded({ status, code, type }: ResponseFault): boolean {
  const said = OVERLOAD_CODES.has(code ?? "") || OVERLOAD_CODES.has(type ?? "");
  return (status >= 500 && said) || status === 529;
}

/** Cloudflare's own pages, and not those it passes on: a server's failure behind it is a `server` error. */
function isBlockedByCloudflare({ status, headers, bodyText }: ResponseFault): boolean {
  if (status !== 403 && status !== 429 && status !== 503) return false;
  if (headers.has("cf-mitigated")) return true;
  if (!isHtml(bodyText)) return false;
  if (/just a moment|attention required/i.test(htmlTitle(bodyText))) return true;
  return status === 403 && (headers.has("cf-ray") || /cloudflare/i.test(bodyText));
}
