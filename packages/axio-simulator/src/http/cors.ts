import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Lets web pages of any origin read a response. A preflight request is answered at once, and is not a request to the service.
 *
 * @returns Whether the request is answered.
 */
export function allowOrigins({ method, headers }: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "*");
  if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) return false;
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
    "access-control-max-age": "600",
  });
  response.end();
  return true;
}
