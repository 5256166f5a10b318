import { isJsonObject, type JsonObject } from "axio";
import { WEB_SOCKET_METADATA } from "../../config.ts";
import { isExpiration } from "../../errors.ts";

/** The largest message that the backend accepts, in bytes. */
export const MAX_MESSAGE_BYTES: number = 16 * 1024 * 1024;

/** Facts of a request that HTTP states in headers. */
export interface MessageInfo {
  readonly turnState: string | undefined;
  readonly isLite: boolean;
  /** Whether the server only reads the request and generates nothing. */
  readonly isWarmUp: boolean;
}

/**
 * Creates the message that requests a response.
 *
 * @param previous The response that `input` continues. Default: none, and the input of the body is sent whole.
 */
export function createMessage(
  { input, client_metadata: callerMetadata, ...body }: JsonObject,
  { turnState, isLite, isWarmUp }: MessageInfo,
  previous?: { readonly responseId: string; readonly input: readonly unknown[] },
): string {
  const metadata = {
    ...(isJsonObject(callerMetadata) ? callerMetadata : {}),
    ...(turnState === undefined ? {} : { [WEB_SOCKET_METADATA.turnState]: turnState }),
    ...(isLite ? { [WEB_SOCKET_METADATA.lite]: "true" } : {}),
  };
  return JSON.stringify({
    type: "response.create",
    ...body,
    generate: isWarmUp ? false : undefined,
    previous_response_id: previous?.responseId,
    client_metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    input: previous?.input ?? input,
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
