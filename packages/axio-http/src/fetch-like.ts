/** A request's body: what `fetch` of every kind and age takes. */
export type FetchBody = string | Uint8Array | URLSearchParams;

/**
 * What a request is made of: as much of `RequestInit` as all that call themselves `fetch` agree on. Headers are a plain
 * object, since the `Headers` of one undici is not that of another.
 */
export interface FetchInit {
  method?: string;
  headers?: Record<string, string>;
  body?: FetchBody;
  signal?: AbortSignal;
  redirect?: "follow" | "manual";
}

/**
 * The one seam to the network: the global `fetch`, undici's, or a stand-in in a test.
 * Whoever makes requests takes one, so that proxies and certificates are set in one place.
 */
export type FetchLike = (input: string | URL, init?: FetchInit) => Promise<Response>;
