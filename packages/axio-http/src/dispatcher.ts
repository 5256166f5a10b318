import type { FetchLike } from "./fetch-like.ts";

/**
 * The part of undici's `Dispatcher` that sends a request, in version 1 of its interface, which all versions of undici support
 * for the dispatcher under `undici.globalDispatcher.1`.
 *
 * @see https://github.com/nodejs/undici/blob/main/docs/docs/api/Dispatcher.md
 */
export interface Dispatcher {
  dispatch(request: DispatchedRequest, handler: DispatchHandler): boolean;
}

/** A request as a dispatcher takes it. */
export interface DispatchedRequest {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  /** Keeps a dispatcher that was set up to follow redirects from that, as with `fetch`. */
  readonly maxRedirections: 0;
  /** The longest wait for the headers, in milliseconds; 0: no limit; `null`: that of the dispatcher, usually 300,000. */
  readonly headersTimeout: number | null;
  /** The longest time without a byte of the body, in milliseconds; 0: no limit; `null`: that of the dispatcher, usually 300,000. */
  readonly bodyTimeout: number | null;
}

/** A name or a value in a header: a `Buffer` or a text. */
export interface HeaderText {
  toString(encoding: "latin1"): string;
}

/** The name of a header, or its value. Behind an interceptor, a header that came several times is one with several values. */
export type RawHeaderPart = HeaderText | HeaderText[];

/** Receives a response from a dispatcher. */
export interface DispatchHandler {
  /** The request is about to be sent. */
  onConnect(abort: (reason?: Error) => void): void;
  /** @returns Whether the dispatcher may go on; otherwise it waits for `resume`. */
  onHeaders(status: number, headers: readonly RawHeaderPart[], resume: () => void): boolean;
  /** @returns Whether the dispatcher may go on; otherwise it waits for `resume`. */
  onData(chunk: Uint8Array): boolean;
  onComplete(): void;
  onError(error: Error): void;
}

const GLOBAL_DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/** In the source of Node's own `fetch`: the module that it calls. */
const NODE_MODULE = "internal/deps/undici/undici";

let nodeFetch: unknown;

/**
 * Returns the dispatcher behind a `fetch`, if it is that of Node.js: the global one, which `setGlobalDispatcher` of undici
 * replaces. A `fetch` that a program wrapped or replaced, such as a mock, has none, and neither have other runtimes.
 */
export function nodeDispatcher(fetch: FetchLike | typeof globalThis.fetch): Dispatcher | undefined {
  if (fetch !== nodeFetch) {
    if (!Function.prototype.toString.call(fetch).includes(NODE_MODULE)) return undefined;
    nodeFetch = fetch;
    // Node loads undici, which sets the global dispatcher, with the first use of one of its classes.
    void globalThis.Response;
  }
  return (globalThis as { [GLOBAL_DISPATCHER]?: Dispatcher })[GLOBAL_DISPATCHER];
}
