import { AxioError } from "axio";
import { assertSecureUrl, type FetchLike, readBodyText, sendRequest } from "axio-http";
import { responseDetails } from "axio-http/internal";
import type { RemoteJWKSet } from "jose";

/** Finds the key for a token. */
export type KeySet = RemoteJWKSet;

/** How long the keys may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Opens a server's key set (RFC 7517): fetched with the first token, and again for one whose key is not in it.
 *
 * @throws AxioError `invalid-argument` for an unsafe address. What it gives throws `jwks-unavailable`.
 */
export async function openKeySet(uri: string, fetch?: FetchLike): Promise<KeySet> {
  const url = assertSecureUrl(uri, "The address of the keys");
  const { createRemoteJWKSet, customFetch } = await import("jose");
  return createRemoteJWKSet(url, {
    // `fetchKeys` has a limit of its own, and says more.
    timeoutDuration: 3 * TIMEOUT_MS,
    // Tokens come from the server alone: nobody can make us fetch for nothing. A new key is good at once.
    cooldownDuration: 0,
    [customFetch]: (address: string) => fetchKeys(address, fetch),
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

/** Without a key in it, it is a service that is not itself: no reason to call a token forged. */
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

/** The error where a sign-in cannot be checked, which says nothing against it. */
export function jwksUnavailable(cause: unknown, details: AxioError["details"] = {}): AxioError {
  return new AxioError(
    "jwks-unavailable",
    "The sign-in could not be checked: the keys of the sign-in server are not to be had right now. Nothing is lost. Try again in a moment.",
    { retryable: true, details, ...(cause === undefined ? {} : { cause }) },
  );
}
