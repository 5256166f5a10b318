import { AxioError, type ErrorCode } from "axio";
import type { CredentialSessionOptions, CredentialStore, SessionCallOptions } from "axio-auth";
import { CredentialSession } from "axio-auth/internal";
import { abortable } from "axio-http/internal";
import { type ChatGPTCredentials, endedRegistration, usesPlan } from "./credentials.ts";
import type { SignInServer } from "./oauth/sign-in-server.ts";
import { verifyStored } from "./oauth/verify-identity.ts";

/** Options of {@link ChatGPTSession}. */
export interface ChatGPTSessionOptions
  extends Pick<CredentialSessionOptions<ChatGPTCredentials>, "onRefresh" | "onWarning" | "now" | "refresh"> {
  readonly store: CredentialStore<ChatGPTCredentials>;
  readonly server: SignInServer;
}

const SIGN_IN = "Run `npx axio-chatgpt login`, or call login().";
const ENABLE_PLAN = "run `npx axio-chatgpt login --enable-plan`, or call login({ enablePlan: true }).";

/** The error codes with which the server ends a sign-in. */
const ENDED: ReadonlySet<string> = new Set([
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
]);

/**
 * The credential session of a sign-in with ChatGPT. It returns only credentials that are verified and may use the plan. If
 * the server ends a sign-in, the tokens are deleted, and the registration and the reason are kept.
 */
export class ChatGPTSession extends CredentialSession<ChatGPTCredentials> {
  readonly #store: CredentialStore<ChatGPTCredentials>;
  readonly #server: SignInServer;
  /** Running verifications, by token set. */
  readonly #verifications = new Map<string, Promise<ChatGPTCredentials>>();
  /** The refresh token of the newest refresh request. */
  readonly #lastRefresh: { refreshToken: string };

  constructor(options: ChatGPTSessionOptions) {
    const { store, server, refresh, onRefresh, onWarning, now = Date.now } = options;
    const lastRefresh = { refreshToken: "" };
    super({
      store,
      refresh: (credentials, signal) => {
        lastRefresh.refreshToken = credentials.refreshToken;
        return refresh(credentials, signal);
      },
      expiresAt: ({ expiresAt }) => expiresAt,
      lifetimeMs: ({ lifetimeMs }) => lifetimeMs,
      earliestRefreshAt: ({ earliestRefreshAt }) => earliestRefreshAt,
      markRefreshing: (credentials) => ({ ...credentials, refreshStartedAt: now() }),
      version: tokenSetOf,
      onRefresh,
      onWarning,
      now,
      signInHint: SIGN_IN,
    });
    this.#store = store;
    this.#server = server;
    this.#lastRefresh = lastRefresh;
  }

  override get(options: SessionCallOptions = {}): Promise<ChatGPTCredentials> {
    return this.#ensureUsable(() => super.get(options), options);
  }

  override handleUnauthorized(
    rejected: ChatGPTCredentials,
    options: SessionCallOptions = {},
  ): Promise<ChatGPTCredentials> {
    return this.#ensureUsable(() => super.handleUnauthorized(rejected, options), options);
  }

  async #ensureUsable(
    obtain: () => Promise<ChatGPTCredentials>,
    { signal }: SessionCallOptions,
  ): Promise<ChatGPTCredentials> {
    let credentials: ChatGPTCredentials;
    try {
      credentials = await obtain();
    } catch (error) {
      if (AxioError.is(error) && ENDED.has(error.code)) await this.#deleteTokens(error.code);
      throw error;
    }
    this.#server.assertOwn(credentials);
    if (credentials.unverified !== undefined) {
      credentials = await abortable(this.#verify(credentials), signal);
    }
    assertUsable(credentials);
    return credentials;
  }

  #verify(credentials: ChatGPTCredentials): Promise<ChatGPTCredentials> {
    const key = tokenSetOf(credentials);
    const running = this.#verifications.get(key);
    if (running !== undefined) return running;
    const verification = verifyStored(credentials, this.#store, this.#server).finally(() =>
      this.#verifications.delete(key),
    );
    this.#verifications.set(key, verification);
    return verification;
  }

  /** Deletes tokens that the server no longer accepts, unless they were replaced meanwhile. */
  async #deleteTokens(code: ErrorCode): Promise<void> {
    const { refreshToken } = this.#lastRefresh;
    if (refreshToken === "") return;
    await this.#store
      .update(async (current) =>
        current?.refreshToken === refreshToken ? endedRegistration(current, { by: code }) : current,
      )
      // If they cannot be deleted now, the next call does it.
      .catch(() => undefined);
  }
}

function tokenSetOf({ accessToken, refreshToken }: ChatGPTCredentials): string {
  return `${accessToken} ${refreshToken}`;
}

/**
 * @throws AxioError `unauthenticated` if there is no sign-in, or the error that ended it; `not-entitled` if the plan may not
 *   be used.
 */
function assertUsable(credentials: ChatGPTCredentials): void {
  const { ended, subject, accessToken } = credentials;
  if (ended !== undefined && ended.by !== "sign-out") {
    throw new AxioError(
      ended.by,
      `The sign-in with ChatGPT has ended. Continue with ChatGPT again: ${SIGN_IN}`,
    );
  }
  if (subject === "" || ended !== undefined) {
    throw new AxioError("unauthenticated", `You are not signed in with ChatGPT. ${SIGN_IN}`);
  }
  if (!usesPlan(credentials)) {
    throw new AxioError(
      "not-entitled",
      `${credentials.email ?? "The account"} is signed in, but the app may not use its ChatGPT plan. To enable that, ${ENABLE_PLAN}`,
      { details: { reason: "plan-use-off" } },
    );
  }
  if (accessToken === "")
    throw new AxioError("unauthenticated", `The sign-in has no access token. ${SIGN_IN}`);
}
