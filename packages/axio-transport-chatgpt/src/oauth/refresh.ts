import { AxioError } from "axio";
import { asRefreshError, refreshToken } from "axio-auth";
import { API_BASE_URL } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";
import { credentialsFromRefresh } from "./credentials-from-tokens.ts";
import type { SignInServer } from "./sign-in-server.ts";

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
      parameters: { resource: credentials.resource ?? API_BASE_URL },
      fetch: server.fetch,
      signal,
    });
    return credentialsFromRefresh(tokens, credentials, Date.now());
  } catch (error) {
    throw explainRejection(error, credentials);
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

/** The peer codes for a token that the server itself has replaced. A token that the user revoked has another code. */
const REPLACED: ReadonlySet<string> = new Set([
  "refresh_token_reused",
  "invalid_refresh_token",
  "invalid_grant",
]);

/** Distinguishes a token that was lost with a response from one that another program used, or that was revoked. */
function explainRejection(error: unknown, { refreshStartedAt }: ChatGPTCredentials): unknown {
  if (refreshStartedAt === undefined || !AxioError.is(error)) return error;
  if (!REPLACED.has(error.details.peerCode ?? "")) return error;
  return new AxioError(
    "refresh-response-lost",
    "The sign-in has ended: the server's response to an earlier refresh was lost, and the server does not accept the old refresh token again. Continue with ChatGPT again; the registration is kept.",
    { cause: error, details: error.details },
  );
}
