import { AxioError } from "axio";
import { assertSecureUrl, type FetchLike, readBodyText, sendRequest } from "axio-http";
import { responseDetails } from "axio-http/internal";
import type { RemoteJWKSet } from "jose";

/** Returns the key for a token. */
export type KeySet = RemoteJWKSet;

/** The timeout for fetching the keys, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Opens the key set of a server (RFC 7517). It is fetched with the first token, and again if the key of a token is missing.
 *
 * @throws AxioError `invalid-argument` for an insecure URL. The returned function throws `jwks-unavailable`.
 */
export async function openKeySet(uri: string, fetch?: FetchLike): Promise<KeySet> {
  const url = assertSecureUrl(uri, "The URL of the keys");
  const { createRemoteJWKSet, customFetch } = await import("jose");
  return createRemoteJWKSet(url, {
    // `fetchKeys` has its own timeout, with a better error.
    timeoutDuration: 3 * TIMEOUT_MS,
    // Tokens come from the server only, so that others cannot cause fetches. New keys must work at once.
    cooldownDuration: 0,
    [customFetch]: (keysUrl: string) => fetchKeys(keysUrl, fetch),
  });
}

async function fetchKeys(url: string, fetch: FetchLike | undefined): Promise<Response> {
  try {
    const response = await sendRequest({
      url,
      fetch,
      headers: { Accept: "application/json" },
      responseTimeoutMs: TIMEOUT_MS,
    });
    const text = await readBodyText(response, { whole: response.ok, timeoutMs: TIMEOUT_MS });
    if (!response.ok || !isKeySet(text)) throw unavailable(response, url);
    return new Response(text, { status: 200 });
  } catch (error) {
    if (AxioError.is(error, "jwks-unavailable")) throw error;
    throw jwksUnavailable(error);
  }
}

/** A response without keys means that the service has a problem, not that a token is forged. */
function isKeySet(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    const keys = typeof body === "object" && body !== null && "keys" in body ? body.keys : undefined;
    return Array.isArray(keys) && keys.length > 0;
  } catch {
    return false;
  }
}

function unavailable({ status, headers }: Response, url: string): AxioError {
  return jwksUnavailable(undefined, responseDetails(status, headers, url));
}

/** Creates the error for a sign-in that cannot be verified, which does not mean that it is invalid. */
export function jwksUnavailable(cause: unknown, details: AxioError["details"] = {}): AxioError {
  return new AxioError(
    "jwks-unavailable",
    "The sign-in could not be verified: the keys of the sign-in server are unavailable. Nothing is lost. Try again in a moment.",
    { retryable: true, details, cause },
  );
}
