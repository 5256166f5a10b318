import { AxioError } from "axio";
import { asRefreshError, refreshToken } from "axio-auth";
import { API_BASE_URL } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";
import { refreshedBy } from "./granted.ts";
import type { SignInServer } from "./sign-in-server.ts";

/**
 * Asks for new tokens. The old refresh token may be worthless from then on: what this gives is to be saved before
 * anything else, and is not to be used before its ID token, where it has one, is verified.
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
    return refreshedBy(tokens, credentials, Date.now());
  } catch (error) {
    throw explained(error, credentials);
  }
}

async function tokenEndpoint(server: SignInServer, signal: AbortSignal | undefined): Promise<string> {
  try {
    return (await server.metadata(signal)).tokenEndpoint;
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    const { code, message, retryable, details } = asRefreshError(error);
    // No refresh token has left the house.
    throw new AxioError(code, message, {
      cause: error,
      retryable,
      details: { ...details, connected: false },
    });
  }
}

/** What a server may say of a token that it has taken back itself. That a person revoked it, it says otherwise. */
const USED_UP: ReadonlySet<string> = new Set([
  "refresh_token_reused",
  "invalid_refresh_token",
  "invalid_grant",
]);

/** Tells a token that was lost with an answer from one that somebody else has used, or that was revoked. */
function explained(error: unknown, { renewingSince }: ChatGPTCredentials): unknown {
  if (renewingSince === undefined || !AxioError.is(error)) return error;
  if (!USED_UP.has(error.details.peerCode ?? "")) return error;
  return new AxioError(
    "refresh-response-lost",
    "The sign-in could not be kept: the server's answer to an earlier renewal was lost on its way, and the old refresh token is not taken a second time. Continue with ChatGPT again; the registration is kept.",
    { cause: error, details: error.details },
  );
}
