import { join } from "node:path";
import { FileCredentialStore } from "axio-auth";
import { homeDir, type Variables } from "axio-auth/internal";
import { authJsonFormat } from "./auth-json-format.ts";
import type { Credentials } from "./credentials.ts";

/** Options of {@link AuthJsonStore}. */
export interface AuthJsonStoreOptions {
  /** The official CLI's folder. Default `$CODEX_HOME`, else `~/.codex`. */
  readonly codexHome?: string | undefined;
  /** How long to wait for another process that is at the file, in milliseconds. Default 60,000. */
  readonly lockTimeoutMs?: number | undefined;
}

/**
 * Shares the sign-in of the official `codex` command: keeps it in that program's own `auth.json`, in its format. Each
 * of the two goes on with what the other has renewed. Signing out ends the sign-in of both.
 *
 * - Members that are not ours stay, such as `OPENAI_API_KEY`. A file with another kind of sign-in is never touched.
 * - The file is replaced in one step, mode 0600, and read anew before each renewal.
 * - A lock beside it (`auth.json.axio-lock`) keeps programs with axio apart. The CLI's own locks are of a kind (`flock`)
 *   that Node does not have. Where both renew in the same second, one of them is told that the refresh token was used;
 *   a `CredentialSession`, which `CodexTransport` has, then takes what the other one saved.
 * - A CLI that keeps its sign-in in the keychain (`cli_auth_credentials_store`) has no such file: nobody is signed in here.
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

/** Where the official CLI keeps its sign-in. */
export function authJsonPath(
  options: { readonly codexHome?: string | undefined; readonly env?: Variables | undefined } = {},
): string {
  const { env = process.env } = options;
  return join(options.codexHome || env["CODEX_HOME"] || join(homeDir(env), ".codex"), "auth.json");
}
