import { AxioError, type ErrorCode } from "axio";
import {
  CredentialSession,
  type CredentialSessionOptions,
  type CredentialStore,
  type SessionCallOptions,
} from "axio-auth";
import { abortable } from "axio-auth/internal";
import { type ChatGPTCredentials, earliestRefresh, endedRegistration, usesPlan } from "./credentials.ts";
import type { SignInServer } from "./oauth/sign-in-server.ts";
import { verify } from "./oauth/verify.ts";

/** What a {@link ChatGPTSession} is made of. */
export interface ChatGPTSessionOptions
  extends Pick<CredentialSessionOptions<ChatGPTCredentials>, "onRefresh" | "onWarning" | "now" | "refresh"> {
  readonly store: CredentialStore<ChatGPTCredentials>;
  readonly server: SignInServer;
}

const SIGN_IN = "Run `npx axio-chatgpt login`, or call login().";
const ENABLE = "run `npx axio-chatgpt login --enable-plan`, or call login({ enablePlan: true }).";

/** Ends of a sign-in that the server's answers tell of. */
const TERMINAL: ReadonlySet<string> = new Set([
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
]);

/**
 * Holds a sign-in with ChatGPT alive. Gives only what was verified and may use the plan; where the server ends a sign-in,
 * the tokens are forgotten, and the registration and the reason are kept.
 */
export class ChatGPTSession extends CredentialSession<ChatGPTCredentials> {
  readonly #store: CredentialStore<ChatGPTCredentials>;
  readonly #server: SignInServer;
  /** Verifications under way, by their token sets. */
  readonly #settling = new Map<string, Promise<ChatGPTCredentials>>();
  /** The refresh token that the newest renewal was asked for with. */
  readonly #asked: { refreshToken: string };

  constructor(options: ChatGPTSessionOptions) {
    const { store, server, refresh, onRefresh, onWarning, now = Date.now } = options;
    const asked = { refreshToken: "" };
    super({
      store,
      refresh: (credentials, signal) => {
        asked.refreshToken = credentials.refreshToken;
        return refresh(credentials, signal);
      },
      expiresAt: ({ expiresAt }) => expiresAt,
      lifetime: ({ lifetime }) => lifetime,
      notBefore: earliestRefresh,
      markRefreshing: (credentials) => ({ ...credentials, renewingSince: Math.floor(now() / 1000) }),
      version: ({ accessToken, refreshToken }) => `${accessToken} ${refreshToken}`,
      onRefresh,
      onWarning,
      now,
      signInHint: SIGN_IN,
    });
    this.#store = store;
    this.#server = server;
    this.#asked = asked;
  }

  override get(options: SessionCallOptions = {}): Promise<ChatGPTCredentials> {
    return this.#usable(() => super.get(options), options);
  }

  override handleUnauthorized(
    rejected: ChatGPTCredentials,
    options: SessionCallOptions = {},
  ): Promise<ChatGPTCredentials> {
    return this.#usable(() => super.handleUnauthorized(rejected, options), options);
  }

  async #usable(
    take: () => Promise<ChatGPTCredentials>,
    { signal }: SessionCallOptions,
  ): Promise<ChatGPTCredentials> {
    let credentials: ChatGPTCredentials;
    try {
      credentials = await take();
    } catch (error) {
      if (AxioError.is(error) && TERMINAL.has(error.code)) await this.#end(error.code);
      throw error;
    }
    this.#server.assertOwn(credentials);
    if (credentials.unverified !== undefined) {
      credentials = await abortable(this.#settle(credentials), signal);
    }
    assertSignedIn(credentials);
    return credentials;
  }

  #settle(credentials: ChatGPTCredentials): Promise<ChatGPTCredentials> {
    const { refreshToken, accessToken } = credentials;
    const key = `${accessToken} ${refreshToken}`;
    const running = this.#settling.get(key);
    if (running !== undefined) return running;
    const settling = verify(credentials, this.#store, this.#server).finally(() => this.#settling.delete(key));
    this.#settling.set(key, settling);
    return settling;
  }

  /** Forgets tokens that the server does not take any more, unless others are there by now. */
  async #end(code: ErrorCode): Promise<void> {
    const { refreshToken } = this.#asked;
    if (refreshToken === "") return;
    await this.#store
      .update(async (current) =>
        current?.refreshToken === refreshToken ? endedRegistration(current, { by: code }) : current,
      )
      // What cannot be written now is found again with the next call.
      .catch(() => undefined);
  }
}

/**
 * @throws AxioError `unauthenticated` where nobody is signed in, or how the sign-in ended; `not-entitled` where the plan
 *   may not be used.
 */
function assertSignedIn(credentials: ChatGPTCredentials): void {
  const { ended, subject, accessToken } = credentials;
  if (ended !== undefined && ended.by !== "sign-out") {
    throw new AxioError(
      ended.by,
      `The sign-in with ChatGPT has ended. Continue with ChatGPT again: ${SIGN_IN}`,
    );
  }
  if (subject === "" || ended !== undefined) {
    throw new AxioError("unauthenticated", `Nobody is signed in with ChatGPT. ${SIGN_IN}`);
  }
  if (!usesPlan(credentials)) {
    throw new AxioError(
      "not-entitled",
      `${credentials.email ?? "The account"} is signed in, and the app may not use its ChatGPT plan. To enable that, ${ENABLE}`,
      { details: { reason: "plan-use-off" } },
    );
  }
  if (accessToken === "")
    throw new AxioError("unauthenticated", `The sign-in holds no access token. ${SIGN_IN}`);
}
