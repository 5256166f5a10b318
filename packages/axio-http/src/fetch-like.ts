/** A request body that every implementation of `fetch` accepts. */
export type FetchBody = string | Uint8Array | URLSearchParams;

/**
 * The part of `RequestInit` that all implementations of `fetch` share. Headers are a plain object, since two copies of undici
 * do not accept each other's `Headers`.
 */
export interface FetchInit {
  method?: string;
  headers?: Record<string, string>;
  body?: FetchBody;
  signal?: AbortSignal;
  redirect?: "follow" | "manual" | "error";
}

/**
 * A `fetch`: the global one, undici's, or a stand-in for tests. All code that sends requests takes one, so that proxies and
 * certificates are configured in one place.
 */
export type FetchLike = (input: string | URL, init?: FetchInit) => Promise<Response>;
