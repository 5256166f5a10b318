import { createDecompressor, type DecompressedBody } from "./decompress.ts";
import { DispatchedBody } from "./dispatched-body.ts";
import type { Dispatcher, DispatchHandler, HeaderText, RawHeaderPart } from "./dispatcher.ts";
import type { FetchInit } from "./fetch-like.ts";
import type { HttpResponse } from "./http-response.ts";

/** The limits of a request that are kept outside of the dispatcher, in milliseconds. */
export interface RequestLimits {
  readonly responseTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * Sends a request as `fetch` does, without its web objects. A redirect is a response like any other. No compression is asked
 * for, which would delay events.
 *
 * @param dispatcher A promise if undici has to be loaded first.
 * @param init With lower-case names of headers. `signal` applies until the response headers have come.
 * @param limits A dispatcher's own limit ends no request whose limit is longer.
 */
export async function dispatchRequest(
  dispatcher: Dispatcher | Promise<Dispatcher>,
  url: URL,
  { method = "GET", headers, body, signal }: FetchInit,
  limits: RequestLimits,
): Promise<HttpResponse> {
  const loaded = dispatcher instanceof Promise ? await dispatcher : dispatcher;
  signal?.throwIfAborted();
  const isForm = body instanceof URLSearchParams;
  // Like that of `fetch`, without the fragment.
  const exchange = new Exchange(url.hash === "" ? url.href : url.href.slice(0, -url.hash.length));
  const onAbort = (): void => exchange.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    loaded.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { accept: "*/*", "user-agent": "node", ...(isForm && FORM_TYPE), ...headers },
        body: isForm ? body.toString() : (body ?? null),
        maxRedirections: 0,
        headersTimeout: withoutShorter(limits.responseTimeoutMs),
        bodyTimeout: withoutShorter(limits.idleTimeoutMs),
      },
      exchange,
    );
    return await exchange.response;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };

/** The default of undici for both of its limits. */
const DISPATCHER_TIMEOUT_MS = 300_000;

/** Returns the limit of a dispatcher that does not end a request before a given limit: its own one, or none. */
function withoutShorter(limitMs: number): number | null {
  return limitMs > DISPATCHER_TIMEOUT_MS ? 0 : null;
}

/** These have no body (RFC 9110 §6.4.1). */
const STATUSES_WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** A request and its response. */
class Exchange implements DispatchHandler {
  readonly response: Promise<HttpResponse>;
  readonly #url: string;
  #resolve: (response: HttpResponse) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #abort: ((reason?: Error) => void) | undefined;
  /** Why the request was ended here. */
  #aborted: Error | undefined;
  #resume: () => void = () => {};
  #sink: DecompressedBody | undefined;

  constructor(url: string) {
    this.#url = url;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  abort(error: Error): void {
    this.#aborted ??= error;
    this.#reject(error);
    this.#abort?.(error);
  }

  resume(): void {
    this.#resume();
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    if (this.#aborted !== undefined) abort(this.#aborted);
  }

  onHeaders(status: number, rawHeaders: readonly RawHeaderPart[], resume: () => void): boolean {
    // More headers follow an interim response (RFC 9110 §15.2).
    if (status < 200) return true;
    this.#resume = resume;
    const headers = readHeaders(rawHeaders);
    const hasBody = !STATUSES_WITHOUT_BODY.has(status);
    const encoding = hasBody ? headers.get("content-encoding") : null;
    const sink =
      (encoding !== null && createDecompressor(encoding, this.#url, this)) ||
      plainSink(new DispatchedBody(this));
    this.#sink = sink;
    this.#resolve({
      status,
      ok: status >= 200 && status <= 299,
      url: this.#url,
      headers,
      body: hasBody ? sink.body : null,
    });
    return true;
  }

  onData(chunk: Uint8Array): boolean {
    return this.#sink?.push(chunk) ?? true;
  }

  onComplete(): void {
    this.#sink?.end();
  }

  onError(error: Error): void {
    this.#sink?.end({ error });
    this.#reject(error);
  }
}

function plainSink(body: DispatchedBody): DecompressedBody {
  return { body, push: (chunk) => body.push(chunk), end: (end) => body.end(end) };
}

function readHeaders(raw: readonly RawHeaderPart[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = ""] = textsOf(raw[index]);
    for (const value of textsOf(raw[index + 1])) headers.append(name, value);
  }
  return headers;
}

function textsOf(part: RawHeaderPart = ""): readonly string[] {
  return Array.isArray(part)
    ? part.map((text: HeaderText) => text.toString("latin1"))
    : [part.toString("latin1")];
}
