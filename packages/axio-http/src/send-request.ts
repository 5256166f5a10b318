import { AxioError, abortedError, throwIfAborted } from "axio";
import { dispatcherOf, globalFetch, proxyOf } from "./default-fetch.ts";
import { startPatientTimer } from "./delay.ts";
import { dispatchRequest } from "./dispatch-request.ts";
import type { FetchBody, FetchInit, FetchLike } from "./fetch-like.ts";
import type { HttpResponse } from "./http-response.ts";
import { headersTimeoutError, networkError } from "./network-error.ts";
import type { ProxyAddress } from "./proxy-settings.ts";
import { DEFAULT_IDLE_TIMEOUT_MS } from "./read-server-sent-events.ts";
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

/** One request for a response that is read as a stream. */
export interface StreamingRequest extends Omit<HttpRequest, "redirect"> {
  /**
   * The `idleTimeoutMs` with which the stream is read, in milliseconds. Default: 300,000. If it is longer, the HTTP client of
   * Node.js, which has a limit of five minutes, does not end the stream before.
   */
  readonly idleTimeoutMs?: number | undefined;
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
  const pending = startRequest(request);
  const { fetch, url, init } = pending;
  let sent: Promise<Response> | undefined;
  try {
    sent = fetch(url, init);
    // A race, and not a promise of our own, keeps the asynchronous stack trace in one piece.
    return pending.accept(await Promise.race([sent, pending.exceeded]));
  } catch (error) {
    throw pending.fail(error, sent);
  } finally {
    pending.stop();
  }
}

/**
 * Sends one request like {@link sendRequest}, for a response that is read as a stream. With the `fetch` of Node.js it is sent
 * without the web objects of `fetch`, which cost more than all else.
 *
 * @throws AxioError as {@link sendRequest}.
 */
export async function sendStreamingRequest(request: StreamingRequest): Promise<HttpResponse> {
  const pending = startRequest(request);
  const { fetch, url, init } = pending;
  let sent: Promise<HttpResponse> | undefined;
  try {
    const dispatcher = dispatcherOf(fetch, url);
    const { responseTimeoutMs = DEFAULT_RESPONSE_TIMEOUT_MS, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } =
      request;
    sent =
      dispatcher === undefined
        ? fetch(url, init)
        : dispatchRequest(dispatcher, url, init, { responseTimeoutMs, idleTimeoutMs });
    return pending.accept(await Promise.race([sent, pending.exceeded]));
  } catch (error) {
    throw pending.fail(error, sent);
  } finally {
    pending.stop();
  }
}

/** A request that is ready to be sent, with its limit. */
interface PendingRequest {
  readonly fetch: FetchLike;
  readonly url: URL;
  readonly init: FetchInit;
  /** Rejects on abort or timeout, also if `fetch` ignores its signal. */
  readonly exceeded: Promise<never>;
  /** Returns the response unless it is a redirect that must not be followed. */
  accept<R extends HttpResponse>(response: R): R;
  /** Ends a request that failed, and returns its error. */
  fail(error: unknown, sent: Promise<HttpResponse> | undefined): AxioError;
  /** Removes the timer and the listener. */
  stop(): void;
}

function startRequest(request: HttpRequest): PendingRequest {
  const { method = "GET", body, signal, redirect = "error", fetch = globalFetch } = request;
  throwIfAborted(signal);
  const url = request.url instanceof URL ? request.url : parseUrl(request.url, "The request URL");
  const controller = new AbortController();
  const init: FetchInit = {
    method,
    headers: checkedHeaders(request.headers ?? {}),
    // With "error", the runtimes fail in their own words and without the target.
    redirect: redirect === "follow" ? "follow" : "manual",
    signal: controller.signal,
  };
  if (body !== undefined) init.body = body;
  const proxy = proxyOf(fetch, url);
  return {
    fetch,
    url,
    init,
    ...startLimit(request, { url, proxy, controller }),
    accept(response) {
      if (redirect === "follow" || !isRedirect(response)) return response;
      discardBody(response);
      throw redirectError(response, url);
    },
    fail(error, sent) {
      // A `fetch` that ignores its signal may still resolve.
      if (controller.signal.aborted) sent?.then(discardBody, () => {});
      return networkError(error, url, proxy);
    },
  };
}

/** Cancels a body that is not read, so that its socket closes. */
export function discardBody({ body }: HttpResponse): void {
  // It may be locked or broken already.
  body?.cancel().catch(() => {});
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

function isRedirect(response: HttpResponse): boolean {
  // A browser tells neither status nor target.
  const isOpaque = "type" in response && response.type === "opaqueredirect";
  return isOpaque || [301, 302, 303, 307, 308].includes(response.status);
}

function redirectError({ status, headers }: HttpResponse, url: URL): AxioError {
  const location = headers.get("location") ?? "";
  const target = URL.canParse(location, url.href) ? ` to ${new URL(location, url).host}` : "";
  return new AxioError(
    "protocol",
    `${url.host} redirects${target}. A token is not sent there; if you trust the target, use its URL instead.`,
    { details: { status: status || undefined, url: redactUrl(url) } },
  );
}
