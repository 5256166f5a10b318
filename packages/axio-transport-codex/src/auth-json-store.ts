import { join } from "node:path";
import type { PathEnvironment } from "axio-auth";
import { expandPath, FileCredentialStore } from "axio-auth/internal";
import { authJsonFormat } from "./auth-json-format.ts";
import type { Credentials } from "./credentials.ts";

/** Options of {@link AuthJsonStore}. */
export interface AuthJsonStoreOptions {
  /** The directory of the official CLI. `~` is the home directory. Default: `$CODEX_HOME`, otherwise `~/.codex`. */
  readonly codexHome?: string | undefined;
  /** How long to wait for another process that uses the file. Default: 60,000. */
  readonly lockTimeoutMs?: number | undefined;
}

/**
 * Shares the sign-in of the official `codex` command, in that program's own `auth.json` and format: after one of the two
 * refreshes it, the other continues. Signing out in one signs out of both.
 *
 * - Other properties, such as `OPENAI_API_KEY`, are preserved. A file with another kind of sign-in is never changed.
 * - The file is replaced atomically, with mode 0600, and read again before each refresh.
 * - A lock next to the file (`auth.json.axio-lock`) separates programs that use axio. The CLI locks with `flock`, which Node
 *   does not have: if both refresh at the same moment, one is told that the refresh token was used. A
 *   `CredentialSession`, which `CodexTransport` uses, then takes the credentials that the other one saved.
 * - A CLI that stores its sign-in in the keychain (`cli_auth_credentials_store`) has no such file: `load()` returns
 *   `undefined`.
 *
 * @example
 * ```ts
 * import { AuthJsonStore, CodexTransport } from "axio-transport-codex";
 *
 * const transport = new CodexTransport({ credentials: new AuthJsonStore() });
 * ```
 */
export class AuthJsonStore extends FileCredentialStore<Credentials> {
  constructor({ codexHome, lockTimeoutMs }: AuthJsonStoreOptions = {}) {
    super({ path: authJsonPath({ codexHome }), format: authJsonFormat(), lockTimeoutMs });
  }
}

/** Returns the path of the official CLI's `auth.json`. */
export function authJsonPath(
  options: PathEnvironment & { readonly codexHome?: string | undefined } = {},
): string {
  const { env = process.env, codexHome = env["CODEX_HOME"] } = options;
  return join(expandPath(codexHome || "~/.codex", options), "auth.json");
}
