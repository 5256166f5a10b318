import type { CompletionTransport } from "axio";
import { type CredentialFormat, type CredentialStore, FileCredentialStore } from "axio-auth";
import { CHATGPT_CREDENTIAL_FORMAT, ChatGPTTransport } from "axio-transport-chatgpt";
import { CODEX_CREDENTIAL_FORMAT, CodexTransport } from "axio-transport-codex";

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

/** Creates a transport that shares the sign-in. */
export function openTransport({ route, path, lockStaleAfterMs, ...place }: RoutePlace): CompletionTransport {
  // A retry would hide a failed call.
  const options = { ...place, model: "gpt-5.5", retry: { maxRetries: 0 } };
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
