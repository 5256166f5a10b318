import type { IncomingMessage, ServerResponse } from "node:http";
import { AxioError, abortedError } from "axio";
import { createState } from "../token/request.ts";
import { type CallbackOutcome, type CallbackPage, callbackPage } from "./callback-page.ts";
import { classifyRequest } from "./callback-request.ts";
import type { ExpectedState } from "./callback-state.ts";
import { type LoopbackListener, listenOnLoopback } from "./loopback-listener.ts";
import { isOwnPeer } from "./peer-user.ts";

/** Options of {@link startCallbackServer}. */
export interface CallbackServerOptions extends ExpectedState {
  /** The ports to try, in order; 0 is any free port. Default: any free port. */
  readonly ports?: readonly number[] | undefined;
  /** Default: `/callback`. */
  readonly path?: string | undefined;
  /** The host of the redirect URI. With `localhost`, the server listens on `::1` too. Default: `127.0.0.1`. */
  readonly redirectHost?: "localhost" | "127.0.0.1" | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the callback. Default: 600,000 (10 minutes). */
  readonly timeoutMs?: number | undefined;
  /** Creates the pages. Default: {@link callbackPage}. */
  readonly page?: ((outcome: CallbackOutcome) => CallbackPage) | undefined;
}

/** A callback with the expected state. It may report an error: see `readAuthorizationResponse`. */
export interface Callback {
  readonly params: URLSearchParams;
  /** Shows the outcome in the browser, which is still waiting, and closes the server. Call it once. */
  respond(outcome: CallbackOutcome): Promise<void>;
}

/** A server that waits for one callback. */
export interface CallbackServer {
  readonly port: number;
  readonly redirectUri: string;
  /**
   * Returns an address of this server that redirects the browser to another one. A browser is started with it, because other
   * users of the machine can see the arguments of a program, and the state of a sign-in is among them. Only this user's
   * programs are redirected, or where the system does not say whose they are, the first one.
   */
  redirectTo(url: string): string;
  /**
   * Waits for the callback. Returns the same promise every time.
   *
   * @throws AxioError `login-timeout`, `aborted`, `login-failed` (another program asked this one to free the port, or the
   *   server was closed).
   */
  waitForCallback(): Promise<Callback>;
  /** Closes the server; a browser that still waits is told so. May be called at any time and more than once. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/**
 * Listens on this machine for the callback of a sign-in (RFC 8252, section 7.3).
 *
 * Other requests change nothing: another `Host` (DNS rebinding), method, path or `state`, even with an `error`, gets 400 or
 * 404. The first valid callback is accepted; the browser gets its page from `respond`.
 *
 * @throws AxioError `callback-port-in-use`, `aborted`.
 *
 * @example
 * ```ts
 * import { createState, openBrowser, readAuthorizationResponse, startCallbackServer } from "axio-auth";
 *
 * const state = createState();
 * const server = await startCallbackServer({ state, signal });
 * const query = new URLSearchParams({ state, redirect_uri: server.redirectUri });
 * await openBrowser(`https://login.example.com/authorize?${query}`);
 * const callback = await server.waitForCallback();
 * const { code } = readAuthorizationResponse(callback.params);
 * await callback.respond({ kind: "signed-in" });
 * ```
 */
export async function startCallbackServer(options: CallbackServerOptions): Promise<CallbackServer> {
  const { ports = [0], path = "/callback", redirectHost = "127.0.0.1", signal } = options;
  const wait = new CallbackWait(options);
  const listener = await listenOnLoopback({
    ports,
    ipv6: redirectHost === "localhost",
    signal,
    handler: (request, response) => wait.handle(request, response, path),
  });
  wait.start(listener);
  return {
    port: listener.port,
    redirectUri: `http://${redirectHost}:${listener.port}${path}`,
    redirectTo: (url) => `http://${redirectHost}:${listener.port}${wait.redirectTo(url)}`,
    waitForCallback: () => wait.callback,
    close: () =>
      wait.end(
        new AxioError("login-failed", "The sign-in ended before the browser returned. Start it again."),
      ),
  };
}

class CallbackWait {
  readonly callback: Promise<Callback>;
  readonly #expected: ExpectedState;
  readonly #signal: AbortSignal | undefined;
  readonly #timeoutMs: number;
  readonly #page: (outcome: CallbackOutcome) => CallbackPage;
  #resolve: (callback: Callback) => void = () => {};
  #reject: (error: AxioError) => void = () => {};
  #listener: LoopbackListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The response to the accepted callback. */
  #accepted: ServerResponse | undefined;
  #over = false;
  #start: { readonly path: string; readonly url: string; isUsed: boolean } | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: CallbackServerOptions) {
    const { state, stateSuffixes, signal, timeoutMs = DEFAULT_TIMEOUT_MS, page = callbackPage } = options;
    this.#expected = { state, stateSuffixes };
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    this.#page = page;
    this.callback = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may be rejected before anything waits for it.
    this.callback.catch(() => {});
  }

  start(listener: LoopbackListener): void {
    this.#listener = listener;
    const seconds = Math.round(this.#timeoutMs / 1000);
    this.#timer = setTimeout(() => {
      void this.end(
        new AxioError(
          "login-timeout",
          `The browser did not return within ${seconds} s. Start the sign-in again.`,
        ),
      );
    }, this.#timeoutMs);
    if (this.#signal?.aborted) this.#onAbort();
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  redirectTo(url: string): string {
    const path = `/start/${createState()}`;
    this.#start = { path, url, isUsed: false };
    return path;
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const startPath = this.#start?.path;
    const expected = { ...this.#expected, port: request.socket.localPort, path, startPath };
    const classified = classifyRequest(request, expected);
    switch (classified.kind) {
      case "callback":
        this.#accept(response, classified.params);
        break;
      case "cancel":
        this.#cancel(response);
        break;
      case "start":
        void this.#redirect(request, response);
        break;
      case "not-recognized":
        this.#sendPage(response, { kind: "not-recognized" });
        break;
      case "not-found":
        sendText(response, 404, "Nothing is here.");
        break;
      case "wrong-method":
        sendText(response, 405, "Only GET is allowed.", { allow: "GET" });
        break;
      case "wrong-host":
      case "forbidden":
        sendText(response, 400, "This request is not allowed.");
        break;
    }
  }

  /** Rejects the callback, unless it is settled, and closes the server. */
  end(error: AxioError): Promise<void> {
    this.#over = true;
    this.#reject(error);
    return this.#close({ kind: "ended" });
  }

  async #redirect(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isOwn = await isOwnPeer(request.socket);
    const start = this.#start;
    if (isOwn === false) sendText(response, 400, "This request is not allowed.");
    else if (start === undefined || (start.isUsed && isOwn === undefined))
      this.#sendPage(response, { kind: "already-used" });
    else {
      start.isUsed = true;
      const headers = { location: start.url, "referrer-policy": "no-referrer", "cache-control": "no-store" };
      response.writeHead(302, { ...headers, connection: "close" }).end();
    }
  }

  #accept(response: ServerResponse, params: URLSearchParams): void {
    if (this.#accepted || this.#over) {
      this.#sendPage(response, { kind: "already-used" });
      return;
    }
    this.#accepted = response;
    clearTimeout(this.#timer);
    this.#resolve({ params, respond: (outcome) => this.#close(outcome) });
  }

  /** Another program on this machine needs the port. */
  #cancel(response: ServerResponse): void {
    if (this.#accepted || this.#over) {
      sendText(response, 400, "The sign-in is about to finish.");
      return;
    }
    this.#over = true;
    response.once("close", () => {
      void this.end(
        new AxioError(
          "login-failed",
          "Another sign-in on this machine needed the port and stopped this one. Start again when it is done.",
        ),
      );
    });
    sendText(response, 200, "The sign-in was canceled.");
  }

  readonly #onAbort = (): void => {
    if (this.#signal) void this.end(abortedError(this.#signal));
  };

  #close(outcome: CallbackOutcome): Promise<void> {
    this.#closing ??= this.#closeOnce(outcome);
    return this.#closing;
  }

  async #closeOnce(outcome: CallbackOutcome): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    if (this.#accepted) await this.#sendLastPage(this.#accepted, outcome);
    await this.#listener?.close();
  }

  /** Waits until the page is sent or the browser has disconnected. */
  #sendLastPage(response: ServerResponse, outcome: CallbackOutcome): Promise<void> {
    if (response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 2_000);
      response.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      this.#sendPage(response, outcome);
    });
  }

  #sendPage(response: ServerResponse, outcome: CallbackOutcome): void {
    const { status, headers, html } = this.#page(outcome);
    response.writeHead(status, { ...headers, connection: "close" }).end(html);
  }
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      connection: "close",
      ...headers,
    })
    .end(`${text}\n`);
}
