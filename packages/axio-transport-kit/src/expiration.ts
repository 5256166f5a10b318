import type { AxioError } from "axio";

/** The codes of a connection that has expired: it lasts an hour and remembers one response. */
const EXPIRED_CODES: ReadonlySet<unknown> = new Set([
  "websocket_connection_limit_reached",
  "previous_response_not_found",
]);

/** How servers word the expiration of a response without a code. */
const RESPONSE_NOT_FOUND = /\bprevious response\b.*\bnot found\b/is;

/** Whether an error, by its code or its message, blames the connection or the continued response, and not the request. */
export function isExpiration(code: unknown, message: unknown): boolean {
  return EXPIRED_CODES.has(code) || (typeof message === "string" && RESPONSE_NOT_FOUND.test(message));
}

/** Whether an error blames the connection or the continued response, and not the request. */
export function isExpirationError({ details, message }: AxioError): boolean {
  return isExpiration(details.peerCode, message);
}
