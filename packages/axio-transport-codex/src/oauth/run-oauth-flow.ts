import type { Credentials } from "axio-auth";
import type { SignInOptions } from "./login-options.ts";
import { signIn } from "./sign-in.ts";

/**
 * Signs in with ChatGPT in the browser and gives the credentials, without keeping them. `login()` does more: it keeps
 * them, and knows other ways than the browser.
 *
 * @throws AxioError as `login()`.
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
export function runOAuthFlow(options: Omit<SignInOptions, "method"> = {}): Promise<Credentials> {
  return signIn({ ...options, method: "browser" }, async () => undefined);
}
