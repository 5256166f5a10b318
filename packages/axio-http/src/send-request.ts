import { AxioError, abortedError, throwIfAborted } from "axio";
import { startPatientTimer } from "./delay.ts";
import type { FetchBody, FetchInit, FetchLike } from "./fetch-like.ts";
import { headersTimeoutError, networkError } from "./network-error.ts";
import { parseUrl, redactUrl } from "./secure-url.ts";

/** How long response headers may take where nothing else is said, in milliseconds. */
export const DEFAULT_RESPONSE_TIMEOUT_MS = 30_000;

/** One request. */
export interface HttpRequest {
  readonly url: string | URL;
  /** Default `GET`. */
  readonly method?: string | undefined;
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined;
  readonly body?: FetchBody | undefined;
  /**
   * Ends the request while it waits for the response headers. Afterwards, whoever reads the body gives the signal to
   * the function that reads it: `readServerSentEvents`, `readBodyText`.
   */
  readonly signal?: AbortSignal | undefined;
  /** Who makes the request. Default the global `fetch`; `defaultFetch()` heeds proxy variables too. */
  readonly fetch?: FetchLike | undefined;
  /** How long the response headers may take, in milliseconds. Default 30,000; `Infinity` for no limit. */
  readonly responseTimeoutMs?: number | undefined;
  /** What becomes of a redirect. Default `"error"`: a token must not go where a redirect leads. */
  readonly redirect?: "error" | "follow" | undefined;
}

/**
 * Makes one request and gives its response, whatever the status. The body is unread: read it, or cancel it.
 *
 * @throws AxioError
 * - `network`: no connection (`details.connected` is `false`), a broken one, or a certificate that is not accepted
 *   (the only one that is not retryable).
 * - `response-timeout`: no response headers in time. Retryable.
 * - `aborted`: by `signal`; `cause` is its reason.
 * - `protocol`: a redirect.
 * - `invalid-argument`: no URL, or a header that HTTP does not allow.
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
  const url = parseUrl(request.url, "The address of the request");
  const fetchOne = request.fetch ?? globalThis.fetch;
  const controller = new AbortController();
  const init: FetchInit = {
    method,
    headers: checkedHeaders(request.headers ?? {}),
    // Followed by hand it would be an opaque "fetch failed"; this way the error can say where it led.
    redirect: redirect === "follow" ? "follow" : "manual",
    signal: controller.signal,
  };
  if (body !== undefined) init.body = body;

  // Inside an async function, a `fetch` that throws at once rejects like any other.
  const answer = (async () => fetchOne(url, init))();
  const response = await withinTime(answer, { request, url, controller });
  if (redirect === "error" && isRedirect(response)) throw refusedRedirect(response, url);
  return response;
}

interface Deadline {
  readonly request: HttpRequest;
  readonly url: URL;
  readonly controller: AbortController;
}

/** Ends the wait on abort or timeout, also with a `fetch` that heeds no signal, and leaves no timer or listener. */
function withinTime(answer: Promise<Response>, { request, url, controller }: Deadline): Promise<Response> {
  const { signal, responseTimeoutMs = DEFAULT_RESPONSE_TIMEOUT_MS } = request;
  return new Promise((resolve, reject) => {
    let settled = false;
    const stopTimer = startPatientTimer(responseTimeoutMs, () => {
      giveUp(headersTimeoutError(url, undefined, responseTimeoutMs));
    });
    function onAbort(): void {
      if (signal) giveUp(abortedError(signal));
    }
    signal?.addEventListener("abort", onAbort, { once: true });

    function settle(): void {
      settled = true;
      stopTimer();
      signal?.removeEventListener("abort", onAbort);
    }
    function giveUp(error: AxioError): void {
      settle();
      reject(error);
      controller.abort(error);
    }

    answer.then(
      (response) => {
        if (settled) {
          discardBody(response);
          return;
        }
        settle();
        resolve(response);
      },
      (error: unknown) => {
        if (settled) return;
        settle();
        reject(networkError(error, url));
      },
    );
  });
}

/** Lets go of a body that nobody will read, so that its socket closes. */
export function discardBody(response: Response): void {
  // A body that is locked or broken already needs no closing, and there is nobody to tell.
  response.body?.cancel().catch(() => {});
}

/** What every HTTP takes, where nothing has to be trimmed. */
const USUAL_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;
const USUAL_VALUE = /^[!-~](?:[ -~]*[!-~])?$/;

/** The same under names in small letters, as `Headers` has them; `undefined` where there is anything to look into. */
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

// The error that `Headers` throws quotes the value, and that may be a token: it must not even be the cause.
function checkedHeaders(headers: Headers | Readonly<Record<string, string>>): Record<string, string> {
  // `fetch` makes `Headers` of them anyhow: twice would be the dearest part of a small request.
  const usual = headers instanceof Headers ? undefined : usualHeaders(headers);
  if (usual !== undefined) return usual;
  const checked = new Headers();
  for (const [name, value] of headers instanceof Headers ? headers : Object.entries(headers)) {
    try {
      checked.append(name, value);
    } catch {
      throw new AxioError(
        "invalid-argument",
        `The value of the header ${JSON.stringify(name)} holds characters that HTTP does not allow, such as a line break.`,
      );
    }
  }
  return Object.fromEntries(checked);
}

function isRedirect(response: Response): boolean {
  return response.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(response.status);
}

function refusedRedirect(response: Response, url: URL): AxioError {
  discardBody(response);
  const location = response.headers.get("location") ?? "";
  const target = URL.canParse(location, url.href) ? ` to ${new URL(location, url).host}` : "";
  return new AxioError(
    "protocol",
    `${url.host} redirects${target}, and a token does not follow. Set the address to the final one if you trust it.`,
    { details: { status: response.status, url: redactUrl(url) } },
  );
}
