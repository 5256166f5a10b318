import { AxioError } from "axio";
import { defaultFetch } from "axio-http";
import { ISSUER } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import { defaultStore } from "../options.ts";
import type { LoginOptions } from "./login-options.ts";
import { signIn } from "./sign-in.ts";
import { revoke } from "./tokens.ts";

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
  const store = options.store ?? defaultStore();
  // Detects a store that cannot be read or locked before the user does anything.
  await store.update(async (current) => current, { signal: options.signal });
  const server = { issuer: options.issuer ?? ISSUER, fetch: options.fetch ?? defaultFetch() };
  let replaced: Credentials | undefined;
  const credentials = await signIn(options, async (fresh) => {
    const { allowedWorkspaceIds = [] } = options;
    if (allowedWorkspaceIds.length > 0 && !allowedWorkspaceIds.includes(fresh.accountId)) {
      await revoke(fresh, server);
      throw new AxioError(
        "account-mismatch",
        `The sign-in is for the workspace ${fresh.accountId}, which is not allowed here. Sign in again and choose one of: ${allowedWorkspaceIds.join(", ")}.`,
        { details: { reason: "workspace" } },
      );
    }
    await store.update(async (current) => {
      replaced = current;
      return fresh;
    });
  });
  if (replaced !== undefined && replaced.refreshToken !== credentials.refreshToken) {
    const error = await revoke(replaced, server, options.signal);
    if (error !== undefined) options.onProgress?.({ type: "warning", error });
  }
  return credentials;
}
