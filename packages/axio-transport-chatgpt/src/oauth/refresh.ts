import { AxioError } from "axio";
import { asLostResponse, asRefreshError, refreshToken } from "axio-auth";
import { BASE_URL } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";
import { credentialsFromRefresh } from "./credentials-from-tokens.ts";
import type { SignInServer } from "./sign-in-server.ts";

const LOST = "Continue with ChatGPT again; the registration is kept.";

/**
 * Refreshes credentials. The old refresh token may be invalid from then on: save the result before anything else, and do not
 * use it before its ID token, if there is one, is verified.
 *
 * @throws AxioError `refresh-token-expired`, `refresh-token-reused`, `refresh-token-revoked`, `refresh-response-lost`,
 *   `unauthenticated` (sign in again); `refresh-failed`, `unsupported-country`, `blocked` (keep the
 *   credentials); `aborted`.
 */
export async function refresh(
  credentials: ChatGPTCredentials,
  server: SignInServer,
  signal?: AbortSignal,
): Promise<ChatGPTCredentials> {
  const url = await tokenEndpoint(server, signal);
  try {
    const tokens = await refreshToken({
      url,
      clientId: credentials.clientId,
      refreshToken: credentials.refreshToken,
      parameters: { resource: credentials.resource ?? BASE_URL },
      fetch: server.fetch,
      signal,
    });
    return credentialsFromRefresh(tokens, credentials, Date.now());
  } catch (error) {
    throw credentials.refreshStartedAt === undefined ? error : asLostResponse(error, LOST);
  }
}

async function tokenEndpoint(server: SignInServer, signal: AbortSignal | undefined): Promise<string> {
  try {
    return (await server.metadata(signal)).tokenEndpoint;
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    const { code, message, retryable, details } = asRefreshError(error);
    // The refresh token was not sent.
    throw new AxioError(code, message, {
      cause: error,
      retryable,
      details: { ...details, connected: false },
    });
  }
}
