import { isJsonObject, type JsonObject } from "axio";
import type { Continuation } from "../continuation/incremental-input.ts";
import { isExpiration } from "../expiration.ts";

/** The largest message that servers accept, in bytes. */
export const MAX_MESSAGE_BYTES: number = 16 * 1024 * 1024;

/** Options of {@link createMessage}. */
export interface MessageOptions {
  /** Whether the server only reads the request and generates nothing. Default: `false`. */
  readonly isWarmUp?: boolean | undefined;
  /** The part of the input that is sent, and the response that it continues. Default: the whole input. */
  readonly continuation?: Continuation | undefined;
}

/** Creates the message that requests a response. */
export function createMessage(
  { input, ...body }: JsonObject,
  { isWarmUp = false, continuation }: MessageOptions = {},
): string {
  return JSON.stringify({
    type: "response.create",
    ...body,
    ...(isWarmUp ? { generate: false } : {}),
    ...(continuation === undefined ? {} : { previous_response_id: continuation.responseId }),
    input: continuation?.input ?? input,
  });
}

/**
 * Returns the HTTP response that an error message stands for.
 *
 * @returns `undefined` for other messages, and for an error without a status, which means nothing.
 */
export function errorResponse(frame: JsonObject): Response | undefined {
  if (frame["type"] !== "error") return undefined;
  const status = Number(frame["status"] ?? frame["status_code"]);
  const isError = status >= 300 && status <= 599 && status !== 304;
  const isExpired =
    isJsonObject(frame["error"]) && isExpiration(frame["error"]["code"], frame["error"]["message"]);
  if (!isError && !isExpired) return undefined;
  return new Response(JSON.stringify(frame), {
    status: isError ? status : 400,
    headers: headersOfFrame(frame),
  });
}

/** Returns the `headers` of a message. What cannot be a header is left out. */
export function headersOfFrame(frame: JsonObject): Headers {
  const headers = new Headers();
  if (!isJsonObject(frame["headers"])) return headers;
  for (const [name, value] of Object.entries(frame["headers"])) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") continue;
    try {
      headers.append(name, String(value));
    } catch {
      // An invalid header does not affect the others.
    }
  }
  return headers;
}
