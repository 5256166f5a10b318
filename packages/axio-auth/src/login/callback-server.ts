import type { IncomingMessage, ServerResponse } from "node:http";
import { AxioError, abortedError } from "axio";
import { type CallbackOutcome, type CallbackPage, callbackPage } from "./callback-page.ts";
import { classifyRequest } from "./callback-request.ts";
import { type LoopbackListener, listenOnLoopback } from "./loopback-listener.ts";

/** Options of {@link startCallbackServer}. */
export interface CallbackServerOptions {
  /** The state that the authorization request is sent with. */
  readonly state: string;
  /** Ports to try in turn; 0 is any free one. Default 1455, 1457. */
  readonly ports?: readonly number[] | undefined;
  /** Default `/auth/callback`. */
  readonly path?: string | undefined;
  /** The host as the redirect address names it. With `localhost`, `::1` is served too. Default `localhost`. */
  readonly redirectHost?: "localhost" | "127.0.0.1" | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the browser, in milliseconds. Default 600,000 (10 minutes). */
  readonly timeoutMs?: number | undefined;
  /** Makes the pages. Default {@link callbackPage}. */
  readonly page?: ((outcome: CallbackOutcome) => CallbackPage) | undefined;
}

/** A callback whose state is right. It may tell of a failure: see `readAuthorizationResponse`. */
export interface Callback {
  readonly params: URLSearchParams;
  /** Tells the browser, which is still waiting, how it went; then the server closes. To be called once. */
  respond(outcome: CallbackOutcome): Promise<void>;
}

/** A server that waits for one callback. */
export interface CallbackServer {
  readonly port: number;
  /** The address for the authorization request. */
  readonly redirectUri: string;
  /**
   * Waits for the callback. The same promise for every call.
   *
   * @throws AxioError `login-timeout`, `aborted`, `login-failed` (another program asked this one to leave, or the
   *   server was closed).
   */
  waitForCallback(): Promise<Callback>;
  /** Ends everything. A browser that still waits is told so. May be called at any time, also twice. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/**
 * Listens on this machine for the browser to come back from the sign-in (RFC 8252 §7.3).
 *
 * What is not the awaited callback changes nothing: another `Host` (DNS rebinding), method, path or `state`, also with
 * an `error`, gets 400 or 404, and the wait goes on. The first right one is taken; the browser gets its page when
 * `respond` says how the sign-in ended.
 *
 * @throws AxioError `callback-port-in-use`, `aborted`.
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
  const { ports = [1455, 1457], path = "/auth/callback", redirectHost = "localhost", signal } = options;
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
    waitForCallback: () => wait.callback,
    close: () =>
      wait.end(new AxioError("login-failed", "The sign-in was ended before the browser came back.")),
  };
}

class CallbackWait {
  readonly callback: Promise<Callback>;
  readonly #state: string;
  readonly #signal: AbortSignal | undefined;
  readonly #timeoutMs: number;
  readonly #page: (outcome: CallbackOutcome) => CallbackPage;
  #resolve: (callback: Callback) => void = () => {};
  #reject: (error: AxioError) => void = () => {};
  #listener: LoopbackListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The browser's request that was taken and waits for its page. */
  #taken: ServerResponse | undefined;
  #over = false;
  #closing: Promise<void> | undefined;

  constructor({ state, signal, timeoutMs = DEFAULT_TIMEOUT_MS, page = callbackPage }: CallbackServerOptions) {
    this.#state = state;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    this.#page = page;
    this.callback = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may end before anybody waits for it.
    this.callback.catch(() => {});
  }

  start(listener: LoopbackListener): void {
    this.#listener = listener;
    const seconds = Math.round(this.#timeoutMs / 1000);
    this.#timer = setTimeout(() => {
      void this.end(
        new AxioError(
          "login-timeout",
          `The browser did not come back within ${seconds} s. Start the sign-in again.`,
        ),
      );
    }, this.#timeoutMs);
    if (this.#signal?.aborted) this.#onAbort();
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const verdict = classifyRequest(request, { port: request.socket.localPort, path, state: this.#state });
    switch (verdict.kind) {
      case "callback":
        this.#take(response, verdict.params);
        break;
      case "cancel":
        this.#cancel(response);
        break;
      case "not-recognised":
        this.#sendPage(response, { kind: "not-recognised" });
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

  /** Ends the wait with an error, if it has not ended, and closes. */
  end(error: AxioError): Promise<void> {
    this.#over = true;
    this.#reject(error);
    return this.#close({ kind: "ended" });
  }

  #take(response: ServerResponse, params: URLSearchParams): void {
    if (this.#taken || this.#over) {
      this.#sendPage(response, { kind: "already-used" });
      return;
    }
    this.#taken = response;
    clearTimeout(this.#timer);
    this.#resolve({ params, respond: (outcome) => this.#close(outcome) });
  }

  /** For another program on this machine that needs the port. */
  #cancel(response: ServerResponse): void {
    if (this.#taken || this.#over) {
      sendText(response, 400, "The sign-in is about to end.");
      return;
    }
    this.#over = true;
    response.once("close", () => {
      void this.end(
        new AxioError(
          "login-failed",
          "Another program that wanted to sign in asked this one to stop. Start again when it is done.",
        ),
      );
    });
    sendText(response, 200, "The sign-in was cancelled.");
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
    if (this.#taken) await this.#sendLastPage(this.#taken, outcome);
    await this.#listener?.close();
  }

  /** Waits until the page is out, or the browser gone. */
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
