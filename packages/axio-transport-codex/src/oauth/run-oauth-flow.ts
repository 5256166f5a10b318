import type { Credentials } from "../credentials.ts";
import type { SignInOptions } from "./login-options.ts";
import { signIn } from "./sign-in.ts";

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
export function runOAuthFlow(options: Omit<SignInOptions, "method"> = {}): Promise<Credentials> {
  return signIn({ ...options, method: "browser" }, async () => undefined);
}
