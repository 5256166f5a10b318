import { AxioError } from "axio";
import type { CredentialStore } from "axio-auth";
import { type ChatGPTCredentials, endedRegistration } from "../credentials.ts";
import type { SignInServer } from "./sign-in-server.ts";

/**
 * Verifies the ID token that came with a sign-in or a refresh, and returns credentials that may be used.
 *
 * @throws AxioError like `IdTokenVerifier.verify`.
 */
export async function verifyIdentity(
  credentials: ChatGPTCredentials,
  server: SignInServer,
  signal?: AbortSignal,
): Promise<ChatGPTCredentials> {
  const { unverified, clientId, subject } = credentials;
  if (unverified === undefined) return credentials;
  const { idToken, nonce, receivedAt } = unverified;
  const expected = { clientId, nonce, receivedAt, subject: subject || undefined };
  const identity = await server.verifier.verify(idToken, expected, signal);
  return {
    ...credentials,
    subject: identity.subject,
    email: identity.email ?? credentials.email,
    name: identity.name ?? credentials.name,
    idToken,
    unverified: undefined,
  };
}

/**
 * Verifies stored credentials and saves the result. Tokens of another account are deleted. If the keys are unavailable,
 * nothing changes.
 *
 * @throws AxioError like `IdTokenVerifier.verify`, and the errors of the store.
 */
export async function verifyStored(
  credentials: ChatGPTCredentials,
  store: CredentialStore<ChatGPTCredentials>,
  server: SignInServer,
  signal?: AbortSignal,
): Promise<ChatGPTCredentials> {
  const replaceBy = (next: ChatGPTCredentials): Promise<ChatGPTCredentials | undefined> =>
    store.update(async (current) => (isSame(current, credentials) ? next : current));
  let verified: ChatGPTCredentials;
  try {
    verified = await verifyIdentity(credentials, server, signal);
  } catch (error) {
    if (AxioError.is(error) && REJECTED.has(error.code))
      await replaceBy(endedRegistration(credentials, { by: error.code }));
    throw error;
  }
  return (await replaceBy(verified)) ?? verified;
}

/** The error codes for tokens that are not the account's, in contrast to those that could not be verified. */
const REJECTED: ReadonlySet<string> = new Set(["id-token-invalid", "account-mismatch"]);

function isSame(current: ChatGPTCredentials | undefined, credentials: ChatGPTCredentials): boolean {
  return (
    current?.unverified?.idToken === credentials.unverified?.idToken &&
    current?.refreshToken === credentials.refreshToken &&
    current?.accessToken === credentials.accessToken
  );
}
