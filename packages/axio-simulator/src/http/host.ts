import type { IncomingMessage } from "node:http";
import { jsonReply, type PlainReply } from "./reply.ts";

/**
 * Refuses a request whose `Host` header names another host than this computer. A page of a foreign site whose name a DNS
 * server points at 127.0.0.1 would otherwise be able to call the simulator from a browser.
 */
export function refuseForeignHost({ headers }: IncomingMessage): PlainReply | undefined {
  const { host } = headers;
  if (host === undefined || /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)) return undefined;
  const message = `Simulator: the Host header ${JSON.stringify(host)} does not name this computer. Use 127.0.0.1 or localhost.`;
  return jsonReply(421, { detail: message, error: { type: "invalid_request_error", message } });
}
