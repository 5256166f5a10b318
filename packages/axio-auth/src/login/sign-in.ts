import { AxioError, throwIfAborted } from "axio";
import { delay } from "axio-http";
import { abortable } from "../abortable.ts";
import { openBrowser } from "./browser.ts";
import { type Callback, type CallbackServer, startCallbackServer } from "./callback-server.ts";
import { detectEnvironment } from "./login-environment.ts";
import { parsePastedCallback } from "./paste.ts";
import { type Attempt, FatalError, Mutex, raceAttempts } from "./race.ts";
import type { LoginMethod, LoginProgress, SignInPrompts } from "./sign-in-prompts.ts";

/** The time between a paste of no use and the next question, in milliseconds. */
const PASTE_PAUSE_MS = 100;

const DEFAULT_TIMEOUT_MS = 15 * 60_000;

/** What the browser, or a paste of where it ended, came back with. */
export interface AuthorizationCallback {
  /** The members of the callback; their `state` was checked. */
  readonly params: URLSearchParams;
  /** The very address that the authorization request named. */
  readonly redirectUri: string;
}

/** A further way, at the same time: a device code. */
export type AlternativeMethod<T> = (attempt: {
  readonly signal: AbortSignal;
  readonly tell: (progress: LoginProgress) => void;
  /** Does what must not be done twice, and keeps its result; one way at a time. */
  readonly finish: (exchange: () => Promise<T>) => Promise<T>;
}) => Promise<T>;

/** One attempt to sign in: what depends on who issues the tokens. */
export interface SignInPlan<T> extends SignInPrompts {
  /** The state of the authorization request. */
  readonly state: string;
  /** Where the browser comes back to. */
  readonly callback: {
    readonly host: "localhost" | "127.0.0.1";
    readonly path: string;
    /** Ports to try in turn; 0 is any free one. */
    readonly ports: readonly number[];
    /**
     * What a paste has to be: the whole address of this very callback, or whatever holds a code. Default `false`.
     */
    readonly isWhole?: boolean;
  };
  /**
   * - `browser`: wait for the browser to come back to this machine, or for a paste.
   * - `device`: the further way alone.
   * - `paste`: only a paste.
   * - `auto`: all that can succeed here, at the same time.
   */
  readonly method: "auto" | LoginMethod;
  /** Makes the address to sign in at. */
  readonly authorizationUrl: (redirectUri: string) => URL;
  /** Takes out of that address what is for the browser alone, before it is shown. Default: it is shown as it is. */
  readonly shownUrl?: (url: URL) => URL;
  /** Makes of what came back what the sign-in is for. */
  readonly exchange: (answer: AuthorizationCallback, signal: AbortSignal) => Promise<T>;
  /** Called with the result before anybody is told that the sign-in worked. Its failure ends the sign-in. Default: nothing. */
  readonly keep?: (result: T, signal: AbortSignal) => Promise<void>;
  /** Who signed in, for the page in the browser. */
  readonly accountOf: (result: T) => string | undefined;
  /** Where the browser cannot be counted on, or `method` asks for it. Default: there is no further way. */
  readonly alternativeMethod?: AlternativeMethod<T>;
}

/**
 * Signs in by whichever way succeeds first, and has the result kept before it says so in the browser.
 *
 * @throws AxioError `login-timeout`, `callback-port-in-use`, `aborted`, and what the plan's functions throw.
 */
export async function signIn<T>(plan: SignInPlan<T>): Promise<T> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = plan;
  const timeout = new AbortController();
  const signal = plan.signal === undefined ? timeout.signal : AbortSignal.any([plan.signal, timeout.signal]);
  const attempt = new SignInAttempt(plan, signal, timeoutMs);
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await attempt.run();
  } catch (error) {
    if (!timeout.signal.aborted || plan.signal?.aborted) throw error;
    throw new AxioError(
      "login-timeout",
      `Nobody signed in within ${Math.ceil(timeoutMs / 60_000)} min. Start the sign-in again.`,
      {
        cause: error,
      },
    );
  } finally {
    clearTimeout(timer);
    await attempt.close();
  }
}

/** What the ways of one attempt have in common. */
class SignInAttempt<T> {
  readonly #plan: SignInPlan<T>;
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number;
  readonly #turnstile = new Mutex();
  #callbacks: CallbackServer | undefined;
  /** Where the browser is sent, whether or not anybody listens there. */
  #redirectUri: string;

  constructor(plan: SignInPlan<T>, signal: AbortSignal, timeoutMs: number) {
    this.#plan = plan;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    const { host, path, ports } = plan.callback;
    const [port = 0] = ports;
    this.#redirectUri = `http://${host}:${port}${path}`;
  }

  async run(): Promise<T> {
    const { method, alternativeMethod, readPaste } = this.#plan;
    const contenders: Attempt<T>[] = [];
    let needsFurther = method === "device";
    if (method !== "device") {
      const reachable = await this.#offerBrowser(method);
      if (this.#callbacks !== undefined) contenders.push((signal) => this.#waitForBrowser(signal));
      if (readPaste !== undefined) contenders.push((signal) => this.#waitForPaste(readPaste, signal));
      needsFurther = method === "auto" && !reachable;
    }
    if (needsFurther && alternativeMethod !== undefined) {
      contenders.push((signal) => this.#goFurther(alternativeMethod, signal));
    }
    if (contenders.length === 0) throw this.#noWay();
    return raceAttempts(contenders, this.#signal);
  }

  async close(): Promise<void> {
    await this.#callbacks?.close();
  }

  /** Shows where to sign in. Tells whether a browser on this machine was opened that can come back. */
  async #offerBrowser(method: string): Promise<boolean> {
    if (method !== "paste") this.#callbacks = await this.#listen();
    this.#redirectUri = this.#callbacks?.redirectUri ?? this.#redirectUri;
    const redirectUri = this.#redirectUri;
    const url = this.#plan.authorizationUrl(redirectUri);
    const opened = method !== "paste" && (await this.#openOrReturn(url.href, method));
    const shown = this.#plan.shownUrl?.(url) ?? url;
    this.#tell({ type: "authorize", url: shown.href, opened, redirectUri });
    return opened && this.#callbacks !== undefined;
  }

  /** A port in use does not end the sign-in: there are other ways. */
  async #listen(): Promise<CallbackServer | undefined> {
    const { state, callback, readPaste, method } = this.#plan;
    try {
      return await startCallbackServer({
        state,
        ports: callback.ports,
        path: callback.path,
        redirectHost: callback.host,
        signal: this.#signal,
        // The attempt has a timeout of its own, for all ways together.
        timeoutMs: this.#timeoutMs + 1_000,
      });
    } catch (error) {
      if (!AxioError.is(error, "callback-port-in-use")) throw error;
      if (readPaste === undefined && method === "browser") throw error;
      this.#tell({ type: "port-in-use", error });
      return undefined;
    }
  }

  /** Opens the browser; one that knows the person may be back before whoever opens it says so. */
  async #openOrReturn(url: string, method: string): Promise<boolean> {
    const opening = this.#open(url, method);
    const back = this.#callbacks?.waitForCallback().then(
      () => true,
      () => opening,
    );
    return Promise.race([opening, ...(back === undefined ? [] : [back])]);
  }

  /** A browser that cannot be opened does not end the sign-in: the person can open the address by hand. */
  async #open(url: string, method: string): Promise<boolean> {
    try {
      if (this.#plan.openBrowser !== undefined)
        return await abortable(this.#plan.openBrowser(url), this.#signal);
      const { suggested } = detectEnvironment({ env: process.env, platform: process.platform });
      return (method === "browser" || suggested === "browser") && (await openBrowser(url));
    } catch {
      throwIfAborted(this.#signal);
      return false;
    }
  }

  async #waitForBrowser(signal: AbortSignal): Promise<T> {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) throw this.#noWay();
    const callback = await abortable(callbacks.waitForCallback(), signal);
    try {
      const result = await this.#finish("browser", () => this.#exchange(callback.params));
      await callback.respond({ kind: "signed-in", account: this.#plan.accountOf(result) });
      return result;
    } catch (error) {
      const failure = error instanceof FatalError ? error.cause : error;
      await respondWithFailure(callback, failure);
      // The person has answered, and the answer is no or does not work: the other ways are not waited for.
      throw new FatalError(failure);
    }
  }

  async #waitForPaste(readPaste: (signal: AbortSignal) => Promise<string>, signal: AbortSignal): Promise<T> {
    for (;;) {
      // A reader that pays its signal no heed must not hold up the end.
      const pasted = await abortable(readPaste(signal), signal);
      try {
        const params = this.#readPasted(pasted);
        return await this.#finish("paste", () => this.#exchange(params));
      } catch (error) {
        if (!AxioError.is(error) || error.code === "aborted" || signal.aborted) throw error;
        if (error.code === "login-denied" || error.code === "not-entitled") throw new FatalError(error);
        this.#tell({ type: "paste-refused", error });
        // A reader whose input has ended answers at once, for ever: nothing else would get a turn.
        await delay(PASTE_PAUSE_MS, signal);
      }
    }
  }

  #readPasted(text: string): URLSearchParams {
    const { state, callback } = this.#plan;
    if (callback.isWhole !== true) return parsePastedCallback(text, { state }).params;
    const pasted = parsePastedCallback(text, { state, redirectUri: this.#redirectUri });
    if (pasted.state !== undefined) return pasted.params;
    throw new AxioError(
      "invalid-argument",
      "A code alone is not enough here. Paste the whole address that the browser shows after signing in, also if the page itself did not load.",
    );
  }

  #goFurther(furtherWay: AlternativeMethod<T>, signal: AbortSignal): Promise<T> {
    return furtherWay({
      signal,
      tell: (progress) => this.#tell(progress),
      finish: (exchange) => this.#finish("device", exchange),
    });
  }

  #exchange(params: URLSearchParams): Promise<T> {
    return this.#plan.exchange({ params, redirectUri: this.#redirectUri }, this.#signal);
  }

  /** Exchanges what came and keeps the result; one way at a time. */
  #finish(method: LoginMethod, exchange: () => Promise<T>): Promise<T> {
    return this.#turnstile.run(async () => {
      this.#tell({ type: "exchanging", method });
      const result = await exchange();
      try {
        await this.#plan.keep?.(result, this.#signal);
      } catch (error) {
        // The code is spent: no other way leads further.
        throw new FatalError(error);
      }
      return result;
    });
  }

  #tell(progress: LoginProgress): void {
    this.#plan.onProgress?.(progress);
  }

  #noWay(): AxioError {
    const { alternativeMethod } = this.#plan;
    const instead = alternativeMethod === undefined ? "" : " Sign in with a device code instead.";
    return new AxioError(
      "callback-port-in-use",
      `There is no way to finish the sign-in here: the browser cannot come back, and nobody can paste.${instead}`,
    );
  }
}

function respondWithFailure(callback: Callback, error: unknown): Promise<void> {
  const { code, message } = AxioError.is(error)
    ? error
    : new AxioError("unexpected", "Something unexpected went wrong.");
  return callback.respond({ kind: "failed", code, message });
}
