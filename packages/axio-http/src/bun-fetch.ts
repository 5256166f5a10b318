import { AxioError } from "axio";
import type { FetchLike } from "./fetch-like.ts";
import { type ProxyAddress, type ProxySettings, proxyFor } from "./proxy-settings.ts";
import { parseUrl } from "./secure-url.ts";

/** Bun replaces the package `undici` with one of its own, whose dispatchers do nothing. */
export function isBun(): boolean {
  return "Bun" in globalThis;
}

/**
 * The `fetch` of Bun with proxies and certificates, which are options of it.
 *
 * @param loadTls Returns the trusted certificates.
 */
export function createBunFetch(
  settings: ProxySettings,
  loadTls: () => Promise<{ readonly ca?: string[] }>,
): FetchLike {
  return async (input, init) => {
    const tls = await loadTls();
    const proxy = proxyFor(parseUrl(input, "The request URL"), settings);
    // `false` keeps Bun from reading the variables by itself, with other rules.
    const options = { ...init, tls, proxy: proxy === undefined ? false : addressOf(proxy) };
    return globalThis.fetch(input, options);
  };
}

function addressOf({ url, credentials, variable }: ProxyAddress): string {
  if (url.startsWith("socks5:"))
    throw new AxioError(
      "invalid-argument",
      `${variable} names the proxy ${url}, but Bun supports no SOCKS. Use a proxy with http:// or https://, or run the program on Node.js.`,
    );
  const address = new URL(url);
  if (credentials !== undefined) {
    address.username = encodeURIComponent(credentials.user);
    address.password = encodeURIComponent(credentials.password);
  }
  return address.href;
}
