import { CredentialSession, type CredentialStore, refreshToken, versionedFormat } from "axio-auth";
import { fixedKeys, PostgresCredentialStore, type PostgresDatabase } from "../../src/index.ts";

/** The credentials of a sign-in whose server counts its tokens. */
export interface SharedCredentials {
  readonly token: string;
}

const FORMAT = versionedFormat<SharedCredentials>({ parse: ({ token }) => ({ token: String(token) }) });
const KEY = Buffer.alloc(32, "axio").toString("base64");

/** Opens the store of the sign-in that all machines of a test share. */
export function sharedStore(database: PostgresDatabase): PostgresCredentialStore<SharedCredentials> {
  return new PostgresCredentialStore(database, {
    id: "shared",
    format: FORMAT,
    encryption: fixedKeys([KEY]),
  });
}

/**
 * The sign-in as one machine has it. `token-1` has expired.
 *
 * @param origin The address of the authorization server, as this machine reaches it.
 */
export function sharedSession(
  store: CredentialStore<SharedCredentials>,
  origin: string,
  refreshTimeoutMs?: number,
): CredentialSession<SharedCredentials> {
  return new CredentialSession({
    store,
    refresh: async ({ token }, signal) => {
      const { accessToken } = await refreshToken({
        // Plain HTTP is for this machine only; the namespaces of a test are on it.
        url: "http://127.0.0.1/token",
        fetch: (_url, init) => fetch(new URL("/token", origin), init as RequestInit),
        clientId: "shared",
        refreshToken: token,
        signal,
      });
      return { token: accessToken };
    },
    expiresAt: ({ token }) => (token === "token-1" ? 1 : undefined),
    version: ({ token }) => token,
    refreshTimeoutMs,
  });
}
