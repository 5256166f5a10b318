/** The part of a request that is served. A `Request` is one; creating one costs more than serving a small request. */
export interface ServedRequest {
  readonly method: string;
  /** An absolute URL. */
  readonly url: string;
  readonly headers: Pick<Headers, "get">;
  /** Fires when the client has left. Default: it stays. */
  readonly signal?: AbortSignal | undefined;
  text(): Promise<string>;
}

/**
 * Returns the request that `fetch` would send.
 *
 * @throws TypeError as the constructor of `Request` does.
 */
export function toServedRequest(input: string | URL | Request, init: RequestInit = {}): ServedRequest {
  const { method = "GET", body, headers, signal } = init;
  const url = String(input);
  const isPlain = !(input instanceof Request) && URL.canParse(url) && (body ?? "") === String(body ?? "");
  if (!isPlain) return new Request(input, init);
  return {
    method: method.toUpperCase(),
    url,
    headers: headers instanceof Headers ? headers : new Headers(headers),
    signal: signal ?? undefined,
    text: () => Promise.resolve(String(body ?? "")),
  };
}
