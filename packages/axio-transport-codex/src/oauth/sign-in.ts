import { AxioError, throwIfAborted } from "axio";
import {
  abortable,
  type Callback,
  type CallbackServer,
  type Credentials,
  createPkce,
  createState,
  detectSurroundings,
  hideSecrets,
  openBrowser,
  type Pkce,
  parsePastedCallback,
  readAuthorizationResponse,
  startCallbackServer,
} from "axio-auth";
import { assertSecureUrl, defaultFetch, delay } from "axio-http";
import { CALLBACK_PATH, CALLBACK_PORTS, ISSUER, LOGIN_TIMEOUT_MS } from "../config.ts";
import { authorizationUrl } from "./authorization-url.ts";
import { requestDeviceCode, waitForDevice } from "./device-code.ts";
import type { LoginProgress, SignInOptions } from "./login-options.ts";
import { type Contender, FinalFailure, raceContenders, Turnstile } from "./race.ts";
import { type Authorization, exchange, type TokenServer } from "./tokens.ts";

/** The time between a paste of no use and the next question, in milliseconds. */
const PASTE_PAUSE_MS = 100;

/** Called with new credentials before anybody is told that the sign-in worked. */
type Keep = (credentials: Credentials) => Promise<void>;

/**
 * Signs in by whichever way succeeds first, and has the credentials kept before it says so in the browser.
 *
 * @throws AxioError as `login()`.
 */
export async function signIn(options: SignInOptions, keep: Keep): Promise<Credentials> {
  const timeoutMs = options.timeoutMs ?? LOGIN_TIMEOUT_MS;
  const timeout = new AbortController();
  const signal =
    options.signal === undefined ? timeout.signal : AbortSignal.any([options.signal, timeout.signal]);
  const attempt = new Attempt(options, keep, await createPkce(), signal);
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await attempt.run();
  } catch (error) {
    if (!timeout.signal.aborted || options.signal?.aborted) throw error;
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

/** One attempt to sign in: what its ways have in common. */
class Attempt {
  readonly #options: SignInOptions;
  readonly #keep: Keep;
  readonly #pkce: Pkce;
  readonly #signal: AbortSignal;
  readonly #state: string = createState();
  readonly #server: TokenServer;
  readonly #turnstile = new Turnstile();
  #callbacks: CallbackServer | undefined;
  /** Where the browser is sent, whether or not anybody listens there. */
  #redirectUri: string;

  constructor(options: SignInOptions, keep: Keep, pkce: Pkce, signal: AbortSignal) {
    this.#options = options;
    this.#keep = keep;
    this.#pkce = pkce;
    this.#signal = signal;
    this.#server = {
      issuer: assertSecureUrl(options.issuer ?? ISSUER, "The issuer"),
      fetch: options.fetch ?? defaultFetch(),
    };
    const [port = 0] = options.ports ?? CALLBACK_PORTS;
    this.#redirectUri = `http://localhost:${port}${CALLBACK_PATH}`;
  }

  async run(): Promise<Credentials> {
    const { method = "auto" } = this.#options;
    const contenders: Contender<Credentials>[] = [];
    let needsDevice = method === "device";
    if (method !== "device") {
      const reachable = await this.#offerBrowser(method);
      if (this.#callbacks !== undefined) contenders.push((signal) => this.#waitForBrowser(signal));
      const { readPaste } = this.#options;
      if (readPaste !== undefined) contenders.push((signal) => this.#waitForPaste(readPaste, signal));
      needsDevice = method === "auto" && !reachable;
    }
    if (needsDevice) contenders.push((signal) => this.#waitForDevice(signal));
    if (contenders.length === 0) throw this.#noWay();
    return raceContenders(contenders, this.#signal);
  }

  async close(): Promise<void> {
    await this.#callbacks?.close();
  }

  /** Shows where to sign in. Tells whether a browser on this machine was opened that can come back. */
  async #offerBrowser(method: string): Promise<boolean> {
    if (method !== "paste") this.#callbacks = await this.#listen();
    this.#redirectUri = this.#callbacks?.redirectUri ?? this.#redirectUri;
    const redirectUri = this.#redirectUri;
    const url = authorizationUrl({
      issuer: this.#server.issuer,
      redirectUri,
      state: this.#state,
      challenge: this.#pkce.challenge,
      originator: this.#options.originator,
      allowedWorkspaceIds: this.#options.allowedWorkspaceIds,
    }).href;
    const opened = method !== "paste" && (await this.#open(url, method));
    this.#tell({ type: "authorize", url, opened, redirectUri });
    return opened && this.#callbacks !== undefined;
  }

  /** A port in use does not end the sign-in: there are other ways. */
  async #listen(): Promise<CallbackServer | undefined> {
    try {
      return await startCallbackServer({
        state: this.#state,
        ports: this.#options.ports ?? CALLBACK_PORTS,
        path: CALLBACK_PATH,
        signal: this.#signal,
        // The attempt has a timeout of its own, for all ways together.
        timeoutMs: (this.#options.timeoutMs ?? LOGIN_TIMEOUT_MS) + 1_000,
      });
    } catch (error) {
      if (!AxioError.is(error, "callback-port-in-use")) throw error;
      if (this.#options.readPaste === undefined && this.#options.method === "browser") throw error;
      this.#tell({ type: "port-in-use", error });
      return undefined;
    }
  }

  /** A browser that cannot be opened does not end the sign-in: the person can open the address by hand. */
  async #open(url: string, method: string): Promise<boolean> {
    try {
      if (this.#options.openBrowser !== undefined)
        return await abortable(this.#options.openBrowser(url), this.#signal);
      const { suggested } = detectSurroundings({ env: process.env, platform: process.platform });
      return (method === "browser" || suggested === "browser") && (await openBrowser(url));
    } catch {
      throwIfAborted(this.#signal);
      return false;
    }
  }

  async #waitForBrowser(signal: AbortSignal): Promise<Credentials> {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) throw this.#noWay();
    const callback = await abortable(callbacks.waitForCallback(), signal);
    try {
      const { code } = readAuthorizationResponse(callback.params);
      const credentials = await this.#finish("browser", this.#authorization(code));
      await callback.respond({ kind: "signed-in", account: credentials.email });
      return credentials;
    } catch (error) {
      const failure = error instanceof FinalFailure ? error.cause : error;
      await respondWithFailure(callback, failure);
      // The person has answered, and the answer is no or does not work: the other ways are not waited for.
      throw new FinalFailure(failure);
    }
  }

  async #waitForPaste(
    readPaste: (signal: AbortSignal) => Promise<string>,
    signal: AbortSignal,
  ): Promise<Credentials> {
    for (;;) {
      // A reader that pays its signal no heed must not hold up the end.
      const pasted = await abortable(readPaste(signal), signal);
      try {
        const { code } = parsePastedCallback(pasted, { state: this.#state });
        return await this.#finish("paste", this.#authorization(code));
      } catch (error) {
        if (!AxioError.is(error) || error.code === "aborted" || signal.aborted) throw error;
        if (error.code === "login-denied" || error.code === "usage-not-included")
          throw new FinalFailure(error);
        this.#tell({ type: "paste-refused", error });
        // A reader whose input has ended answers at once, for ever: nothing else would get a turn.
        await delay(PASTE_PAUSE_MS, signal);
      }
    }
  }

  async #waitForDevice(signal: AbortSignal): Promise<Credentials> {
    const options = { ...this.#server, signal };
    try {
      const device = await requestDeviceCode(options);
      const { userCode, verificationUrl, expiresAt } = device;
      this.#tell({ type: "device-code", userCode, verificationUrl, expiresAt });
      return await this.#finish("device", await waitForDevice(device, options));
    } catch (error) {
      if (AxioError.is(error, "login-denied")) throw new FinalFailure(error);
      if (AxioError.is(error) && error.code !== "aborted") this.#tell({ type: "warning", error });
      throw error;
    }
  }

  /** Exchanges the code and keeps the result; one way at a time. */
  #finish(method: "browser" | "device" | "paste", authorization: Authorization): Promise<Credentials> {
    return this.#turnstile.run(async () => {
      this.#tell({ type: "exchanging", method });
      const credentials = hideSecrets(await exchange(authorization, this.#server, this.#signal));
      try {
        await this.#keep(credentials);
      } catch (error) {
        // The code is spent: no other way leads further.
        throw new FinalFailure(error);
      }
      return credentials;
    });
  }

  #authorization(code: string): Authorization {
    return { code, verifier: this.#pkce.verifier, redirectUri: this.#redirectUri };
  }

  #tell(progress: LoginProgress): void {
    this.#options.onProgress?.(progress);
  }

  #noWay(): AxioError {
    return new AxioError(
      "callback-port-in-use",
      "There is no way to finish the sign-in here: the browser cannot come back, and nobody can paste. Sign in with a device code instead.",
    );
  }
}

function respondWithFailure(callback: Callback, error: unknown): Promise<void> {
  const { code, message } = AxioError.is(error)
    ? error
    : new AxioError("unexpected", "Something unexpected went wrong.");
  return callback.respond({ kind: "failed", code, message });
}
