import { AxioError } from "axio";

/** Tells whether a host name of a parsed URL means this machine. */
export function isLoopbackHost(hostname: string): boolean {
  // The URL parser has already turned `127.1`, `0x7f000001` and the like into four decimal numbers.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Checks an address that a token will be sent to: https anywhere, http on this machine only, no credentials inside.
 *
 * @param what Names the address in the message, as the person who set it knows it: `"baseUrl"`.
 * @returns The parsed address.
 * @throws AxioError `invalid-argument`. The message shows scheme and host alone: the rest may hold a secret.
 */
export function assertSecureUrl(url: string | URL, what: string): URL {
  const parsed = parseUrl(url, what);
  const secure =
    parsed.protocol === "https:" || (parsed.protocol === "http:" && isLoopbackHost(parsed.hostname));
  if (!secure) {
    throw new AxioError(
      "invalid-argument",
      `${what} must begin with https:// (http:// is for this machine only: localhost, 127.0.0.1, [::1]), ` +
        `because a token goes nowhere else. It is ${parsed.protocol}//${parsed.host}.`,
    );
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new AxioError(
      "invalid-argument",
      `${what} must not hold a user name or a password: take out what stands before the @. Its host is ${parsed.host}.`,
    );
  }
  return parsed;
}

/**
 * Parses an address without ever showing it: the `TypeError` of `new URL` carries its whole input.
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

/** The address without user, query and fragment: what may stand in an error. */
export function redactUrl(url: string | URL): string {
  const parsed = url instanceof URL ? url : parseUrl(url, "The address");
  return `${parsed.origin}${parsed.pathname}`;
}

/** Where a response came from. One that was made by hand, as in a test, does not say. */
export function responseUrl(response: Response): string {
  return response.url === "" ? "http://unknown-host" : response.url;
}
