/** How long a browser may remember the response to a preflight, in seconds. */
const MAX_AGE_SECONDS = "600";

/** The headers of a response that a web page may read beside the usual ones. */
const EXPOSED = "axio-warnings, request-id, retry-after, x-should-retry";

/**
 * Returns the response to the preflight of a request that a web page wants to send.
 *
 * @returns `undefined` for any other request.
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS
 */
export function preflightResponse({
  method,
  headers,
}: Pick<Request, "method" | "headers">): Response | undefined {
  const asked = headers.get("access-control-request-method");
  if (method !== "OPTIONS" || asked === null || headers.get("origin") === null) return undefined;
  const response = new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-max-age": MAX_AGE_SECONDS,
      vary: "access-control-request-headers",
    },
  });
  const names = headers.get("access-control-request-headers");
  if (names !== null) response.headers.set("access-control-allow-headers", names);
  // A page from the internet asks this before it sends a request to this computer.
  if (headers.get("access-control-request-private-network") === "true")
    response.headers.set("access-control-allow-private-network", "true");
  return response;
}

/** Lets a web page of an origin read a response. */
export function allowOrigin({ headers }: Pick<Response, "headers">, origin: string): void {
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
  headers.append("vary", "origin");
}
