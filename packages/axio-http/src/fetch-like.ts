/**
 * The one seam to the network: the global `fetch`, undici's, or a stand-in in a test.
 * Whoever makes requests takes one, so that proxies and certificates are set in one place.
 */
export type FetchLike = (input: string | URL, init?: RequestInit) => Promise<Response>;
