import { AxioError, type ErrorCode, throwIfAborted } from "axio";
import type { LoginMethod, LoginProgress, SignInPrompts } from "axio/plugin";
import { abortable, delay } from "axio-http/internal";
import { openBrowser } from "./browser.ts";
import { type Callback, type CallbackServer, startCallbackServer } from "./callback-server.ts";
import type { ExpectedState } from "./callback-state.ts";
import { hasLocalBrowser } from "./login-environment.ts";
import { isAddress, parsePastedCallback } from "./paste.ts";
import { type Attempt, FatalError, Mutex, raceAttempts } from "./race.ts";

/** The delay before the user is asked to paste again, in milliseconds. */
const PASTE_DELAY_MS = 100;

const DEFAULT_TIMEOUT_MS = 15 * 60_000;

/** A callback, from the browser or pasted. */
export interface AuthorizationCallback {
  /** Its parameters. The state was checked. */
  readonly params: URLSearchParams;
  /** The redirect URI of the authorization request. */
  readonly redirectUri: string;
}

/** A sign-in without a callback, such as a device code, which runs at the same time as the browser. */
export type AlternativeMethod<T> = (attempt: {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoginProgress) => void;
  /** Runs what must not happen twice, and saves its result. Only one method does so at a time. */
  readonly finish: (exchange: () => Promise<T>) => Promise<T>;
}) => Promise<T>;

/** A sign-in at one authorization server. */
export interface SignInPlan<T> extends SignInPrompts, ExpectedState {
  readonly callback: {
    readonly host: "localhost" | "127.0.0.1";
    readonly path: string;
    /** The ports to try, in order; 0 is any free port. */
    readonly ports: readonly number[];
    /** Whether only the whole callback address may be pasted. Default: `false`, a code alone works too. */
    readonly isWhole?: boolean | undefined;
  };
  /**
   * - `browser`: the callback of a browser on this machine, or a paste.
   * - `device`: the alternative method only.
   * - `paste`: a paste only.
   *
   * Default: all that can succeed, at the same time.
   */
  readonly method?: LoginMethod | undefined;
  /** Creates the address of the authorization request. */
  readonly authorizationUrl: (redirectUri: string) => URL;
  /** Removes from that address what only the browser may see. Default: the address is shown unchanged. */
  readonly shownUrl?: ((url: URL) => URL) | undefined;
  /** Exchanges the code of a callback. Throws a {@link FatalError} if no other method can succeed either. */
  readonly exchange: (callback: AuthorizationCallback, signal: AbortSignal) => Promise<T>;
  /** Saves the result before the browser reports success. Its failure ends the sign-in. Default: nothing is saved. */
  readonly save?: ((result: T, signal: AbortSignal) => Promise<void>) | undefined;
  /** The account to name on the page in the browser. */
  readonly accountOf: (result: T) => string | undefined;
  /** Headlines for the page in the browser, by error code. Default: none for the codes of one provider. */
  readonly headlines?: Partial<Record<ErrorCode, string>> | undefined;
  /** Runs if `method` asks for it, or if no browser can return to this machine. Default: there is none. */
  readonly alternativeMethod?: AlternativeMethod<T> | undefined;
}

/**
 * Signs in by the first method that succeeds.
 *
 * @throws AxioError `invalid-argument` for a method or port that does not exist here; `login-timeout`,
 *   `callback-port-in-use`, `aborted`, and the errors of the plan's functions.
 */
export async function signIn<T>(plan: SignInPlan<T>): Promise<T> {
  checkPlan(plan);
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
      `The sign-in was not finished within ${Math.ceil(timeoutMs / 60_000)} min. Start it again.`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    await attempt.close();
  }
}

function checkPlan<T>({ method, alternativeMethod, callback }: SignInPlan<T>): void {
  const methods: readonly LoginMethod[] = [
    "browser",
    "paste",
    ...(alternativeMethod === undefined ? [] : ["device" as const]),
  ];
  if (method !== undefined && !methods.includes(method))
    throw new AxioError(
      "invalid-argument",
      `There is no login method ${JSON.stringify(String(method))} here. Omit it, or choose one of: ${methods.join(", ")}.`,
    );
  const wrong = callback.ports.find((port) => !Number.isInteger(port) || port < 0 || port > 65_535);
  if (wrong !== undefined)
    throw new AxioError("invalid-argument", `${wrong} is not a port. Use a number from 1 to 65535.`);
}

/** The state that the methods of one sign-in share. */
class SignInAttempt<T> {
  readonly #plan: SignInPlan<T>;
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number;
  readonly #mutex = new Mutex();
  #callbacks: CallbackServer | undefined;
  /** Valid even if nothing listens there. */
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
    const attempts: Attempt<T>[] = [];
    let needsAlternative = method === "device";
    if (method !== "device") {
      const canReturn = await this.#offerBrowser();
      if (this.#callbacks !== undefined) attempts.push((signal) => this.#waitForBrowser(signal));
      if (readPaste !== undefined) attempts.push((signal) => this.#waitForPaste(readPaste, signal));
      needsAlternative = method === undefined && !canReturn;
    }
    if (needsAlternative && alternativeMethod !== undefined) {
      attempts.push((signal) =>
        alternativeMethod({
          signal,
          onProgress: (progress) => this.#report(progress),
          finish: (exchange) => this.#finish("device", exchange),
        }),
      );
    }
    if (attempts.length === 0) throw this.#noMethod();
    return raceAttempts(attempts, this.#signal);
  }

  async close(): Promise<void> {
    await this.#callbacks?.close();
  }

  /** Shows where to sign in. Returns whether a browser was opened that can return to this machine. */
  async #offerBrowser(): Promise<boolean> {
    const { method, authorizationUrl, shownUrl } = this.#plan;
    if (method !== "paste") this.#callbacks = await this.#listen();
    this.#redirectUri = this.#callbacks?.redirectUri ?? this.#redirectUri;
    const redirectUri = this.#redirectUri;
    const url = authorizationUrl(redirectUri);
    const opened = method !== "paste" && (await this.#openOrReturn(url.href));
    this.#report({ type: "authorize", url: (shownUrl?.(url) ?? url).href, opened, redirectUri });
    return opened && this.#callbacks !== undefined;
  }

  /** A port in use does not end the sign-in if there are other methods. */
  async #listen(): Promise<CallbackServer | undefined> {
    const { state, stateSuffixes, callback, readPaste, method } = this.#plan;
    try {
      return await startCallbackServer({
        state,
        stateSuffixes,
        ports: callback.ports,
        path: callback.path,
        redirectHost: callback.host,
        signal: this.#signal,
        // The attempt has its own timeout for all methods.
        timeoutMs: this.#timeoutMs + 1_000,
      });
    } catch (error) {
      if (!AxioError.is(error, "callback-port-in-use")) throw error;
      if (readPaste === undefined && method === "browser") throw error;
      this.#report({ type: "port-in-use", error });
      return undefined;
    }
  }

  /** Opens the browser. One with a session may return before the command that opened it does. */
  async #openOrReturn(url: string): Promise<boolean> {
    const opening = this.#open(url);
    const back = this.#callbacks?.waitForCallback().then(
      () => true,
      () => opening,
    );
    return Promise.race([opening, ...(back === undefined ? [] : [back])]);
  }

  /** A browser that cannot be opened does not end the sign-in: the user can open the address. */
  async #open(url: string): Promise<boolean> {
    const { method, openBrowser: open } = this.#plan;
    try {
      if (open !== undefined) return await abortable(open(url), this.#signal);
      const { env, platform } = process;
      if (method !== "browser" && !hasLocalBrowser({ env, platform })) return false;
      // Other users of this machine can see the arguments of a program.
      return await openBrowser(this.#callbacks?.redirectTo(url) ?? url);
    } catch {
      throwIfAborted(this.#signal);
      return false;
    }
  }

  async #waitForBrowser(signal: AbortSignal): Promise<T> {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) throw this.#noMethod();
    const callback = await abortable(callbacks.waitForCallback(), signal);
    try {
      const result = await this.#finish("browser", () => this.#exchange(callback.params));
      await callback.respond({ kind: "signed-in", account: this.#plan.accountOf(result) });
      return result;
    } catch (error) {
      const cause = error instanceof FatalError ? error.cause : error;
      await this.#respondWithError(callback, cause);
      // The user has decided, or the code does not work: the other methods would wait in vain.
      throw new FatalError(cause);
    }
  }

  async #waitForPaste(readPaste: (signal: AbortSignal) => Promise<string>, signal: AbortSignal): Promise<T> {
    let earlier = "";
    for (;;) {
      // A reader that ignores its signal must not delay the end.
      const pasted = await abortable(readPaste(signal), signal);
      try {
        const params = this.#readPasted(earlier, pasted);
        return await this.#finish("paste", () => this.#exchange(params));
      } catch (error) {
        if (!AxioError.is(error) || error.code === "aborted" || signal.aborted) throw error;
        if (error.code === "login-denied") throw new FatalError(error);
        earlier = isAddress(pasted) ? pasted : `${earlier}\n${pasted}`;
        this.#report({ type: "input-rejected", error });
        // A reader whose input has ended returns at once, forever. The other methods need a turn.
        await delay(PASTE_DELAY_MS, signal);
      }
    }
  }

  /** A reader of lines may return an address that a terminal has broken in several parts. */
  #readPasted(earlier: string, pasted: string): URLSearchParams {
    if (isAddress(earlier) && !isAddress(pasted)) {
      try {
        return this.#parsePasted(`${earlier}\n${pasted}`);
      } catch (error) {
        if (!AxioError.is(error)) throw error;
      }
    }
    return this.#parsePasted(pasted);
  }

  #parsePasted(text: string): URLSearchParams {
    const { callback, ...expected } = this.#plan;
    if (callback.isWhole !== true) return parsePastedCallback(text, expected).params;
    const pasted = parsePastedCallback(text, { ...expected, redirectUri: this.#redirectUri });
    if (pasted.state !== undefined) return pasted.params;
    throw new AxioError(
      "invalid-argument",
      "A code alone is not enough here. Paste the whole address that the browser shows after signing in, even if the page did not load.",
    );
  }

  #exchange(params: URLSearchParams): Promise<T> {
    return this.#plan.exchange({ params, redirectUri: this.#redirectUri }, this.#signal);
  }

  #finish(method: LoginMethod, exchange: () => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      this.#report({ type: "exchanging", method });
      const result = await exchange();
      try {
        await this.#plan.save?.(result, this.#signal);
      } catch (error) {
        // The code works only once, so no other method can succeed.
        throw new FatalError(error);
      }
      return result;
    });
  }

  #report(progress: LoginProgress): void {
    this.#plan.onProgress?.(progress);
  }

  #respondWithError(callback: Callback, error: unknown): Promise<void> {
    const { code, message } = AxioError.is(error)
      ? error
      : new AxioError(
          "unexpected",
          "An unexpected error occurred. See the program for more, then start the sign-in again.",
        );
    return callback.respond({ kind: "failed", code, message, headline: this.#plan.headlines?.[code] });
  }

  #noMethod(): AxioError {
    const instead = this.#plan.alternativeMethod === undefined ? "" : " Sign in with a device code instead.";
    return new AxioError(
      "callback-port-in-use",
      `The sign-in cannot be finished here: the browser cannot return, and the user cannot paste.${instead}`,
    );
  }
}
