import type { JsonObject } from "axio";
import { type Failure, failureOf, type Unsupported } from "axio-inbound";
import type { EventSource } from "./event-chunks.ts";
import { eventResponse } from "./event-response.ts";

/** The value of `x-should-retry`: the transport has retried. */
const SHOULD_RETRY = "false";

/** Returns a JSON response. */
export function jsonResponse(
  value: JsonObject,
  headers: Record<string, string> = {},
  status = 200,
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", "x-should-retry": SHOULD_RETRY, ...headers },
  });
}

/** Returns a response of server-sent events. */
export function streamResponse(source: EventSource, headers: Record<string, string> = {}): Response {
  return eventResponse(source, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-should-retry": SHOULD_RETRY,
    ...headers,
  });
}

/** Returns the response of an error, in the form of OpenAI's APIs. */
export function errorResponse(error: unknown): Response {
  const failure = failureOf(error);
  const { status, type, code, message, parameter, resetsAt } = failure;
  const resets = resetsAt === undefined ? {} : { resets_at: Math.ceil(resetsAt / 1000) };
  const body = { error: { message, type, code, param: parameter ?? null, ...resets } };
  return jsonResponse(body, retryHeaders(failure), status);
}

/** Returns the headers that say when to send a request again. */
export function retryHeaders({ retryAfterMs, resetsAt }: Failure): Record<string, string> {
  const waitMs = retryAfterMs ?? (resetsAt === undefined ? undefined : resetsAt - Date.now());
  return waitMs === undefined ? {} : { "retry-after": String(Math.max(0, Math.ceil(waitMs / 1000))) };
}

/** Returns the header that names what a client asked for and does not get. */
export function warningHeaders(unsupported: readonly Unsupported[]): Record<string, string> {
  if (unsupported.length === 0) return {};
  // A name may come from the client, and a header takes no other characters.
  const names = unsupported.map(({ parameter }) => parameter.replaceAll(/[^\x20-\x7e]|,/g, "?"));
  return { "axio-warnings": names.join(", ") };
}
