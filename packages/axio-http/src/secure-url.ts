import { AxioError } from "axio";
import type { HttpResponse } from "./http-response.ts";

/** Whether the host name of a parsed URL is a loopback address. */
export function isLoopbackHost(hostname: string): boolean {
  // The URL parser has converted `127.1`, `0x7f000001` and the like to four decimal numbers.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Checks a URL that a token is sent to: https, or http on a loopback address, and no credentials inside.
 *
 * @param what The name of the URL in messages, such as `"The baseUrl"`.
 * @throws AxioError `invalid-argument`. The message shows only scheme and host, since the rest may contain a secret.
 */
export function assertSecureUrl(url: string | URL, what: string): URL {
  const parsed = parseUrl(url, what);
  const secure =
    parsed.protocol === "https:" || (parsed.protocol === "http:" && isLoopbackHost(parsed.hostname));
  if (!secure) {
    throw new AxioError(
      "invalid-argument",
      `${what} must begin with https:// (http:// only for loopback: localhost, 127.0.0.1, [::1]), because a token is ` +
        `sent to it. It is ${parsed.protocol}//${parsed.host}.`,
    );
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new AxioError(
      "invalid-argument",
      `${what} must not contain a user name or a password: remove what is before the @. Its host is ${parsed.host}.`,
    );
  }
  return parsed;
}

/**
 * Parses a URL without showing it in errors: the `TypeError` of `new URL` contains its whole input.
 *
 * @throws AxioError `invalid-argument`.
 */
export function parseUrl(url: string | URL, what: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new AxioError(
      "invalid-argument",
      `${what} is not a URL. Write it in full, with its scheme: https://example.com/path.`,
    );
  }
}

/** Returns a URL without user, query and fragment, as errors may show it. */
export function redactUrl(url: string | URL): string {
  const parsed = url instanceof URL ? url : parseUrl(url, "The URL");
  return `${parsed.origin}${parsed.pathname}`;
}

/** Returns the URL of a response. A response that a test created has none. */
export function responseUrl(response: HttpResponse): string {
  return response.url === "" ? "http://unknown-host" : response.url;
}
