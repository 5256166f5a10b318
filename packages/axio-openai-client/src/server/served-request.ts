/** The part of a request that is served. A `Request` is one; creating one costs more than serving a small request. */
export interface ServedRequest {
  readonly method: string;
  /** An absolute URL. */
  readonly url: string;
  readonly headers: Pick<Headers, "get">;
  /** Fires when the client has left. Default: it stays. */
  readonly signal?: AbortSignal | undefined;
  text(): string | Promise<string>;
}

/**
 * Returns the request that `fetch` would send.
 *
 * @throws TypeError as the constructor of `Request` does.
 */
export function toServedRequest(input: string | URL | Request, init: RequestInit = {}): ServedRequest {
  const { method = "GET", body, headers, signal } = init;
  const text = body ?? "";
  if (input instanceof Request || typeof text !== "string") return new Request(input, init);
  const url = typeof input === "string" ? input : input.href;
  pathOf(url);
  return {
    method: method.toUpperCase(),
    url,
    headers: toReadable(headers),
    signal: signal ?? undefined,
    text: () => text,
  };
}

/** The path of a URL. */
export interface UrlPath {
  readonly url: string;
  readonly path: string;
  /** The segments of the path after `/v1`, decoded. One that is encoded wrongly is as it was sent. */
  readonly segments: readonly string[];
}

let last: UrlPath = { url: "", path: "", segments: [] };

/**
 * Returns the path of a URL. The last one is kept, because programs send nearly all requests to the same.
 *
 * @throws TypeError if the URL is invalid.
 */
export function pathOf(url: string): UrlPath {
  if (url === last.url) return last;
  const path = new URL(url).pathname;
  last = {
    url,
    path,
    segments: path
      .replace(/^\/v1\//, "")
      .split("/")
      .map(decode),
  };
  return last;
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not an encoding of UTF-8. Nothing has such a name, and the client is told which one it asked for.
    return segment;
  }
}

/** A name and a value that need no check. */
const USUAL_NAME = /^[A-Za-z-]+$/;
const USUAL_VALUE = /^[!-~](?:[ -~]*[!-~])?$/;

/** Returns headers that can be looked up by their names in lower case. Usual ones are not copied. */
function toReadable(given: RequestInit["headers"]): Pick<Headers, "get"> {
  if (given instanceof Headers) return given;
  if (given === undefined || Symbol.iterator in given) return new Headers(given);
  const found = new Map<string, string>();
  for (const name in given) {
    const [lowerCase, value] = [name.toLowerCase(), given[name]];
    const isUsual = USUAL_NAME.test(name) && typeof value === "string" && USUAL_VALUE.test(value);
    if (!isUsual || found.has(lowerCase)) return new Headers(given);
    found.set(lowerCase, value);
  }
  return { get: (name) => found.get(name) ?? null };
}
