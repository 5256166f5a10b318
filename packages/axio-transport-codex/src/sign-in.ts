import type { LogoutResult } from "axio/plugin";
import type { Credentials } from "./credentials.ts";
import type { LoginOptions, SignInOptions } from "./oauth/login-options.ts";
import type { LogoutOptions } from "./oauth/logout.ts";
import type { RefreshOptions } from "./oauth/refresh.ts";

// The code of each function is loaded with its first call: most processes use a sign-in that they find.

/**
 * Signs in with ChatGPT and saves the credentials in a store. All methods that can succeed run at the same time: a browser
 * that returns to this machine, a paste, a device code. The first one wins. The previous sign-in is revoked.
 *
 * @throws AxioError
 * - `login-denied`: the user or an administrator declined.
 * - `login-timeout`: the user did not finish in time.
 * - `login-failed`, `account-mismatch`, `not-entitled`, `unsupported-country`, `blocked`: the message
 *   says what to do.
 * - `callback-port-in-use`: the browser cannot return, and there is no other method.
 * - `network`, `response-timeout`; `store-unavailable`, `store-locked`, `credentials-malformed`; `aborted`.
 *
 * @example
 * ```ts
 * await login({
 *   onProgress: (progress) => {
 *     if (progress.type === "authorize") console.error(`Sign in at ${progress.url}`);
 *     if (progress.type === "device-code") console.error(`Or enter ${progress.userCode} at ${progress.verificationUrl}`);
 *   },
 * });
 * ```
 */
export async function login(options: LoginOptions = {}): Promise<Credentials> {
  const { login } = await import("./oauth/login.ts");
  return login(options);
}

/**
 * Signs in with ChatGPT in the browser and returns the credentials without saving them. `login()` saves them and supports
 * other methods.
 *
 * @throws AxioError like `login()`.
 *
 * @example
 * ```ts
 * import { CodexTransport, runOAuthFlow } from "axio-transport-codex";
 *
 * const { accessToken, refreshToken, expiresAt, accountId } = await runOAuthFlow({
 *   onProgress: (progress) => progress.type === "authorize" && console.error(progress.url),
 * });
 * const transport = new CodexTransport({ accessToken, refreshToken, expiresAt, accountId });
 * ```
 */
export async function runOAuthFlow(options: Omit<SignInOptions, "method"> = {}): Promise<Credentials> {
  const { signIn } = await import("./oauth/sign-in.ts");
  return signIn({ ...options, method: "browser" }, async () => undefined);
}

/**
 * Signs out: revokes the tokens, which takes ten seconds at most, and deletes them even if the server does not confirm it.
 *
 * @throws AxioError `store-unavailable`, `store-locked`, `credentials-malformed`.
 */
export async function logout(options: LogoutOptions = {}): Promise<LogoutResult> {
  const { logout } = await import("./oauth/logout.ts");
  return logout(options);
}

/**
 * Refreshes credentials. The old refresh token is invalid from then on: save the result before anything else.
 * `CodexTransport` does all of this by itself.
 *
 * @throws AxioError `refresh-token-expired`, `refresh-token-reused`, `refresh-token-revoked`, `unauthenticated` (sign in
 *   again); `refresh-failed`, `unsupported-country`, `blocked` (keep the credentials); `aborted`.
 */
export async function refreshAccessToken(
  credentials: Credentials,
  options: RefreshOptions = {},
): Promise<Credentials> {
  const { refreshAccessToken } = await import("./oauth/refresh.ts");
  return refreshAccessToken(credentials, options);
}
