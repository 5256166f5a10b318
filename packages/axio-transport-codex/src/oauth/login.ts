import { AxioError } from "axio";
import type { Credentials } from "axio-auth";
import { defaultFetch } from "axio-http";
import { ISSUER } from "../config.ts";
import { defaultStore } from "../options.ts";
import type { LoginOptions } from "./login-options.ts";
import { signIn } from "./sign-in.ts";
import { revoke } from "./tokens.ts";

/**
 * Signs in with ChatGPT and keeps the sign-in in a store. Everything that can succeed runs at the same time: the browser
 * that comes back to this machine, a paste, a device code; the first one wins. The sign-in that it replaces is revoked.
 *
 * @throws AxioError
 * - `login-denied`: the person, or an administrator, said no.
 * - `login-timeout`: nobody signed in.
 * - `login-failed`, `account-mismatch`, `not-entitled`, `unsupported-country`, `blocked`: the message
 *   says what to do.
 * - `callback-port-in-use`: the browser cannot come back, and there is no other way.
 * - `network`, `response-timeout`; `store-unavailable`, `store-locked`, `credentials-malformed`; `aborted`.
 *
 * @example
 * ```ts
 * await login({
 *   onProgress: (progress) => {
 *     if (progress.type === "authorize") console.error(`Sign in at ${progress.url}`);
 *     if (progress.type === "device-code") console.error(`Or type ${progress.userCode} at ${progress.verificationUrl}`);
 *   },
 * });
 * ```
 */
export async function login(options: LoginOptions = {}): Promise<Credentials> {
  const store = options.store ?? defaultStore();
  // A store that cannot be read or written is found before the person is asked to do anything: an update that changes
  // nothing takes its lock.
  await store.update(async (current) => current, { signal: options.signal });
  const server = { issuer: options.issuer ?? ISSUER, fetch: options.fetch ?? defaultFetch() };
  let replaced: Credentials | undefined;
  const credentials = await signIn(options, async (fresh) => {
    const { allowedWorkspaceIds = [] } = options;
    if (allowedWorkspaceIds.length > 0 && !allowedWorkspaceIds.includes(fresh.accountId)) {
      await revoke(fresh, server);
      throw new AxioError(
        "account-mismatch",
        `The sign-in is for the workspace ${fresh.accountId}, which is not one of those allowed here: ${allowedWorkspaceIds.join(", ")}. Sign in again and choose one of these.`,
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
