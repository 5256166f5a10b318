import { AxioError } from "axio";
import type { CredentialStore } from "axio-auth";
import { type ChatGPTCredentials, endedRegistration } from "../credentials.ts";
import type { SignInServer } from "./sign-in-server.ts";

/**
 * Verifies the ID token that came with a sign-in or a renewal: whose the tokens are. They are of use only afterwards.
 *
 * @throws AxioError as `IdTokenVerifier.verify`.
 */
export async function verified(
  credentials: ChatGPTCredentials,
  server: SignInServer,
  signal?: AbortSignal,
): Promise<ChatGPTCredentials> {
  const { unverified, ...rest } = credentials;
  if (unverified === undefined) return credentials;
  const { idToken, nonce, receivedAt } = unverified;
  const { clientId, subject } = credentials;
  const identity = await server.verifier.verify(
    idToken,
    { clientId, nonce, receivedAt, subject: subject === "" ? undefined : subject },
    signal,
  );
  return { ...rest, ...identity, idToken };
}

/**
 * Verifies what is kept unverified, and keeps the result. Tokens that turn out to be somebody else's are forgotten; where
 * it could not be verified, all stays as it is.
 *
 * @throws AxioError as `IdTokenVerifier.verify`, and what the store throws.
 */
export async function verify(
  credentials: ChatGPTCredentials,
  store: CredentialStore<ChatGPTCredentials>,
  server: SignInServer,
  signal?: AbortSignal,
): Promise<ChatGPTCredentials> {
  const replaceBy = (next: ChatGPTCredentials): Promise<ChatGPTCredentials | undefined> =>
    store.update(async (current) => (isSame(current, credentials) ? next : current));
  let settled: ChatGPTCredentials;
  try {
    settled = await verified(credentials, server, signal);
  } catch (error) {
    if (AxioError.is(error) && REFUSALS.has(error.code)) {
      await replaceBy(endedRegistration(credentials, { by: error.code }));
    }
    throw error;
  }
  return (await replaceBy(settled)) ?? settled;
}

/** What says that the tokens are not the account's, in contrast to what says that nobody knows. */
const REFUSALS: ReadonlySet<string> = new Set(["id-token-invalid", "account-mismatch"]);

function isSame(current: ChatGPTCredentials | undefined, credentials: ChatGPTCredentials): boolean {
  return (
    current?.unverified?.idToken === credentials.unverified?.idToken &&
    current?.refreshToken === credentials.refreshToken &&
    current?.accessToken === credentials.accessToken
  );
}
