import { AxioError, throwIfAborted } from "axio";
import { errorText } from "axio/internal";
import { abortable } from "axio-http/internal";
import type { CredentialSource } from "./authorized-request.ts";

/**
 * Provides the credentials that a function returns. It is called before each request, and again after a 401: other credentials
 * than the rejected ones are tried at once. What it throws is the cause of an `unauthenticated` error.
 */
export function callbackSession<C extends object>(provide: () => C | Promise<C>): CredentialSource<C> {
  const get: CredentialSource<C>["get"] = async ({ signal } = {}) => {
    throwIfAborted(signal);
    return abortable(called(provide), signal);
  };
  return {
    get,
    handleUnauthorized: async (rejected, options) => {
      const newer = await get(options);
      return JSON.stringify(newer) === JSON.stringify(rejected) ? undefined : newer;
    },
  };
}

/** An API key, or a function that returns it. */
export type ProvidedKey = string | (() => string | Promise<string>);

/**
 * Provides an API key as {@link callbackSession} does.
 *
 * @param check Throws an error for a key that must not be sent. Default: each is sent.
 */
export function keySession(
  apiKey: ProvidedKey,
  check: (apiKey: string) => void = () => undefined,
): CredentialSource<{ readonly apiKey: string }> {
  return callbackSession(async () => {
    const key = typeof apiKey === "string" ? apiKey : await apiKey();
    check(key);
    return { apiKey: key };
  });
}

async function called<C extends object>(provide: () => C | Promise<C>): Promise<C> {
  try {
    return await provide();
  } catch (cause) {
    if (AxioError.is(cause)) throw cause;
    throw new AxioError(
      "unauthenticated",
      `The function that provides the credentials of this transport failed: ${errorText(cause)}`,
      { cause },
    );
  }
}
