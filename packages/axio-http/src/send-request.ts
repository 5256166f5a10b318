import { AxioError, abortedError, throwIfAborted } from "axio";
import { isRuntimeFetch, proxyOf } from "./default-fetch.ts";
import { startPatientTimer } from "./delay.ts";
import type { FetchBody, FetchInit, FetchLike } from "./fetch-like.ts";
import { headersTimeoutError, networkError } from "./network-error.ts";
import type { ProxyAddress } from "./proxy-settings.ts";
import { type Redirect, redirectMode, refusedRedirect } from "./refused-redirect.ts";
import { parseUrl, redactUrl } from "./secure-url.ts";

/** The default of {@link HttpRequest.responseTimeoutMs}. */
export const DEFAULT_RESPONSE_TIMEOUT_MS = 30_000;

/** One request. */
export interface HttpRequest {
  readonly url: string | URL;
  /** Default: `GET`. */
  readonly method?: string | undefined;
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined;
  readonly body?: FetchBody | undefined;
  /**
   * Aborts the request until the response headers have come. Pass it also to the function that reads the body:
   * `readServerSentEvents`, `readBodyText`.
   */
  readonly signal?: AbortSignal | undefined;
  /** Default: the global `fetch`. `defaultFetch()` supports proxy variables too. */
  readonly fetch?: FetchLike | undefined;
  /** How long the request may wait for the response headers, in milliseconds. Default: 30,000; `Infinity`: no limit. */
  readonly responseTimeoutMs?: number | undefined;
  /** The handling of a redirect. Default: `"error"`, since a token must not follow a redirect. */
  readonly redirect?: "error" | "follow" | undefined;
}

/**
 * Sends one request and returns its response, whatever the status. The body is unread: read it or cancel it.
 *
 * @throws AxioError
 * - `network`: no connection (`details.connected` is `false`), a broken connection, or a certificate that is not accepted
 *   (the only failure of these that is not retryable).
 * - `response-timeout`: no response headers in time. Retryable.
 * - `unexpected`: `fetch` threw an error that is no failure of the network, or a module is missing.
 * - `aborted`: by `signal`; `cause` is its reason.
 * - `protocol`: a redirect.
 * - `invalid-argument`: an invalid URL, or a header that HTTP does not allow.
 *
 * @example
 * ```ts
 * import { defaultFetch, errorFromResponse, readBodyText, sendRequest } from "axio-http";
 *
 * const url = "https://api.example.com/v1/models";
 * const response = await sendRequest({ url, signal, fetch: defaultFetch() });
 * if (!response.ok) {
 *   const bodyText = await readBodyText(response, { signal });
 *   throw errorFromResponse({ status: response.status, headers: response.headers, bodyText, url, now: Date.now() });
 * }
 * ```
 */
export async function sendRequest(request: HttpRequest): Promise<Response> {
  const { method = "GET", body, signal, redirect = "error" } = request;
  throwIfAborted(signal);
  const url = request.url instanceof URL ? request.url : parseUrl(request.url, "The request URL");
  const fetch = request.fetch ?? globalThis.fetch;
  const controller = new AbortController();
  const init: FetchInit = {
    method,
    headers: checkedHeaders(request.headers ?? {}),
    redirect: redirect === "follow" ? "follow" : redirectMode(isRuntimeFetch(fetch)),
    signal: controller.signal,
  };
  if (body !== undefined) init.body = body;

  const proxy = proxyOf(fetch, url);
  const limit = startLimit(request, { url, proxy, controller });
  let sent: Promise<Response> | undefined;
  let response: Response;
  try {
    sent = fetch(url, init);
    // A race, and not a promise of our own, keeps the asynchronous stack trace in one piece.
    response = await Promise.race([sent, limit.exceeded]);
  } catch (error) {
    // A `fetch` that ignores its signal may still resolve.
    if (controller.signal.aborted) sent?.then(discardBody, () => {});
    const refused = refusedRedirect(error, url);
    if (refused === undefined) throw networkError(error, url, proxy);
    // The body of the redirect may go on.
    controller.abort();
    throw redirectError(refused, url);
  } finally {
    limit.stop();
  }
  if (redirect === "error" && isRedirect(response)) {
    discardBody(response);
    // A browser tells neither status nor target.
    throw redirectError(
      { status: response.status || undefined, location: response.headers.get("location") ?? "" },
      url,
    );
  }
  return response;
}

interface RequestLimit {
  /** Rejects on abort or timeout, also if `fetch` ignores its signal. */
  readonly exceeded: Promise<never>;
  /** Removes the timer and the listener. */
  stop(): void;
}

interface LimitedRequest {
  readonly url: URL;
  readonly proxy: ProxyAddress | undefined;
  readonly controller: AbortController;
}

function startLimit(request: HttpRequest, { url, proxy, controller }: LimitedRequest): RequestLimit {
  const { signal, responseTimeoutMs = DEFAULT_RESPONSE_TIMEOUT_MS } = request;
  let stop = (): void => {};
  const exceeded = new Promise<never>((_resolve, reject) => {
    const fail = (error: AxioError): void => {
      reject(error);
      controller.abort(error);
    };
    const onAbort = (): void => {
      if (signal) fail(abortedError(signal));
    };
    const stopTimer = startPatientTimer(responseTimeoutMs, () => {
      fail(headersTimeoutError(url, undefined, { timeoutMs: responseTimeoutMs, proxy }));
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    stop = () => {
      stopTimer();
      signal?.removeEventListener("abort", onAbort);
    };
  });
  return { exceeded, stop };
}

/** Cancels a body that is not read, so that its socket closes. */
export function discardBody(response: Response): void {
  // The body may be locked or broken already.
  response.body?.cancel().catch(() => {});
}

/** Names and values that need no check by `Headers`. */
const USUAL_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;
const USUAL_VALUE = /^[!-~](?:[ -~]*[!-~])?$/;

/** The headers with lower-case names, or `undefined` if any of them needs a check. */
function usualHeaders(headers: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const usual: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lowerCase = name.toLowerCase();
    if (!USUAL_NAME.test(name) || !USUAL_VALUE.test(value) || Object.hasOwn(usual, lowerCase))
      return undefined;
    usual[lowerCase] = value;
  }
  return usual;
}

// The error of `Headers` quotes the value, which may be a token: it must not even be the cause.
function checkedHeaders(headers: Headers | Readonly<Record<string, string>>): Record<string, string> {
  // `fetch` creates `Headers` anyway; creating them twice would dominate the cost of a small request.
  const usual = headers instanceof Headers ? undefined : usualHeaders(headers);
  if (usual !== undefined) return usual;
  const checked = new Headers();
  for (const [name, value] of headers instanceof Headers ? headers : Object.entries(headers)) {
    try {
      checked.append(name, value);
    } catch {
      throw new AxioError(
        "invalid-argument",
        `The value of the header ${JSON.stringify(name)} contains characters that HTTP does not allow, such as a line break. Remove them.`,
      );
    }
  }
  return Object.fromEntries(checked);
}

function isRedirect(response: Response): boolean {
  return response.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(response.status);
}

function redirectError({ status, location }: Redirect, url: URL): AxioError {
  const target = URL.canParse(location, url.href) ? ` to ${new URL(location, url).host}` : "";
  return new AxioError(
    "protocol",
    `${url.host} redirects${target}. A token is not sent there; if you trust the target, use its URL instead.`,
    { details: { status, url: redactUrl(url) } },
  );
}
