import type { CompletionTransport } from "axio";
import { type CredentialFormat, type CredentialStore, FileCredentialStore } from "axio-auth";
import { fixedKeys, openPostgres, PostgresCredentialStore } from "axio-postgres";
import { CHATGPT_CREDENTIAL_FORMAT, ChatGPTTransport } from "axio-transport-chatgpt";
import {
  CODEX_CREDENTIAL_FORMAT,
  type Credentials as CodexCredentials,
  CodexTransport,
} from "axio-transport-codex";

/** A route whose credentials are tested. */
export type RouteName = "codex" | "chatgpt";

/** The credentials of either route. */
export interface TriedCredentials {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

/** Where a worker finds its credentials and its server. */
export interface RoutePlace {
  readonly route: RouteName;
  readonly path: string;
  readonly baseUrl: string;
  readonly issuer: string;
  readonly lockStaleAfterMs: number;
  /** The URL of a database, for a sign-in that is stored there instead of in the file. */
  readonly database?: string | undefined;
}

const FORMATS: Readonly<Record<RouteName, CredentialFormat<TriedCredentials>>> = {
  codex: CODEX_CREDENTIAL_FORMAT,
  chatgpt: CHATGPT_CREDENTIAL_FORMAT,
};

/** Opens the store of a sign-in for reading and saving. */
export function openStore(
  route: RouteName,
  path: string,
): CredentialStore<TriedCredentials> & { readonly path: string } {
  return new FileCredentialStore<TriedCredentials>({ path, format: FORMATS[route] });
}

/** A fixed key: all processes of a test share it. */
const DATABASE_KEY = Buffer.alloc(32, "axio").toString("base64");
/** How long a process may hold the right to refresh. Short, so that others need not wait long for a process that was killed. */
const CLAIM_MS = 7_500;

/** Opens the store of a Codex sign-in in a database. */
export async function openDatabaseStore(
  url: string,
): Promise<PostgresCredentialStore<CodexCredentials> & AsyncDisposable> {
  const database = await openPostgres({ connection: url, maxConnections: 1 });
  const store = new PostgresCredentialStore(database, {
    id: "codex",
    format: CODEX_CREDENTIAL_FORMAT,
    encryption: fixedKeys([DATABASE_KEY]),
    claimMs: CLAIM_MS,
  });
  return Object.assign(store, { [Symbol.asyncDispose]: () => database.close() });
}

/** Creates a transport that shares the sign-in. */
export async function openTransport({
  route,
  path,
  lockStaleAfterMs,
  database,
  ...place
}: RoutePlace): Promise<CompletionTransport> {
  // A retry would hide a failed call.
  const options = { ...place, model: "gpt-5.5", retry: { maxRetries: 0 } };
  if (database !== undefined)
    return new CodexTransport({ ...options, credentials: await openDatabaseStore(database) });
  return route === "codex"
    ? new CodexTransport({
        ...options,
        credentials: new FileCredentialStore({ path, format: CODEX_CREDENTIAL_FORMAT, lockStaleAfterMs }),
      })
    : new ChatGPTTransport({
        ...options,
        credentials: new FileCredentialStore({ path, format: CHATGPT_CREDENTIAL_FORMAT, lockStaleAfterMs }),
      });
}
