import { AxioError } from "axio";
import { assertSecureUrl } from "axio-http";
import { isLoopbackHost } from "axio-http/internal";
import type { Server } from "./server.ts";

/** The paths of requests, which users copy along. */
const REQUEST_PATH = /\/(?:chat\/completions|completions|responses|models)\/?$/;

/** Options of {@link readBaseUrl}. */
export interface BaseUrlOptions {
  /** Whether http to another machine is allowed. */
  readonly allowsHttp: boolean;
  /** Where the URL comes from, for messages: `"The baseUrl"`. */
  readonly what: string;
}

/**
 * Reads a base URL as users write it: with or without a slash or the path of a request at its end. A query, such as Azure's
 * `api-version`, stays.
 *
 * @throws AxioError `invalid-argument` for anything else, and for http to another machine without `allowsHttp`.
 */
export function readBaseUrl(given: string | URL, { allowsHttp, what }: BaseUrlOptions): URL {
  const text = String(given).trim();
  if (text === "")
    throw new AxioError("invalid-argument", `${what} is empty. Omit it, or write a whole URL.`);
  const url = isPlainHttp(text) && allowsHttp ? httpUrl(text, what) : secureUrl(text, what);
  url.pathname = url.pathname.replace(REQUEST_PATH, "").replace(/\/+$/, "");
  url.hash = "";
  return url;
}

/** Completes the base URL of a known server: a host alone gets the path that the server has. */
export function completeBaseUrl(url: URL, { baseUrl, id }: Server): URL {
  if (url.pathname !== "/" && url.pathname !== "") return url;
  const path = id === "azure" ? "/openai/v1" : baseUrl === undefined ? "" : new URL(baseUrl).pathname;
  const completed = new URL(url);
  completed.pathname = path;
  return completed;
}

/** Reads `OLLAMA_HOST`, which may be a host, a port or the address that the server listens on. */
export function urlOfHostVariable(value: string): string {
  const text = value.trim();
  const withHost = /^:?\d+$/.test(text) ? `localhost:${text.replace(":", "")}` : text;
  const withScheme = /^https?:\/\//i.test(withHost) ? withHost : `http://${withHost}`;
  // Ollama listens on all addresses then. Clients use this machine.
  const url = withScheme.replace(/^(https?:\/\/)0\.0\.0\.0/i, "$1localhost");
  return /:\d+(?:\/|$)/.test(url.replace(/^https?:\/\//i, "")) ? url : url.replace(/\/?$/, ":11434");
}

function isPlainHttp(text: string): boolean {
  return /^http:\/\//i.test(text);
}

function httpUrl(text: string, what: string): URL {
  // All checks but the one of the scheme.
  assertSecureUrl(text.replace(/^http:/i, "https:"), what);
  return new URL(text);
}

function secureUrl(text: string, what: string): URL {
  try {
    return new URL(assertSecureUrl(text, what));
  } catch (error) {
    if (!AxioError.is(error) || !isPlainHttp(text)) throw error;
    throw new AxioError(
      "invalid-argument",
      `${error.message} If you trust the network to that machine, set insecureHttp: others in it can read prompts and keys.`,
      { cause: error },
    );
  }
}

/** Whether a server is on this machine. */
export function isLocal(url: URL): boolean {
  return isLoopbackHost(url.hostname);
}
