import { AxioError, isJsonObject, type JsonObject } from "axio";
import { errorFromResponse } from "axio-http";
import { WEB_SOCKET_METADATA } from "../../config.ts";
import { codexRule } from "../../errors.ts";

/** The largest message that the backend takes, in bytes. */
export const MAX_MESSAGE_BYTES: number = 16 * 1024 * 1024;

/** What a request says besides its body, where it has no headers. */
export interface FrameInfo {
  readonly turnState: string | undefined;
  readonly isLite: boolean;
  /** Whether no answer is wanted, but only that the server reads it. Default `false`. */
  readonly isWarmUp?: boolean;
}

/**
 * Writes the message that asks for an answer.
 *
 * @param previous The answer that the input goes on from. Default: none, and the input is whole.
 */
export function createMessage(
  { input, client_metadata: given, ...body }: JsonObject,
  { turnState, isLite, isWarmUp }: FrameInfo,
  previous?: { readonly responseId: string; readonly input: readonly unknown[] },
): string {
  const metadata = {
    ...(isJsonObject(given) ? given : {}),
    ...(turnState === undefined ? {} : { [WEB_SOCKET_METADATA.turnState]: turnState }),
    ...(isLite ? { [WEB_SOCKET_METADATA.lite]: "true" } : {}),
  };
  return JSON.stringify({
    type: "response.create",
    ...body,
    ...(isWarmUp === true ? { generate: false } : {}),
    ...(previous === undefined ? {} : { previous_response_id: previous.responseId }),
    ...(Object.keys(metadata).length === 0 ? {} : { client_metadata: metadata }),
    input: previous?.input ?? input,
  });
}

/** Connections end after an hour, and remember one answer. Neither is a fault of the request. */
const STALE_CODES: readonly unknown[] = ["websocket_connection_limit_reached", "previous_response_not_found"];

/** What a message that wraps an error says, or `undefined` where it is none, or one without a status, which means nothing. */
export function frameError(frame: JsonObject, url: URL): AxioError | undefined {
  if (frame["type"] !== "error") return undefined;
  const status = Number(frame["status"] ?? frame["status_code"]);
  const isStale = isJsonObject(frame["error"]) && STALE_CODES.includes(frame["error"]["code"]);
  if (!isStale && !(status >= 300 && status <= 599)) return undefined;
  const error = errorFromResponse({
    status: status >= 300 && status <= 599 ? status : 400,
    headers: headersOfFrame(frame),
    bodyText: JSON.stringify(frame),
    url,
    now: Date.now(),
    rules: [codexRule],
  });
  if (!isStale) return error;
  // Sent whole over a new connection, the same request holds: there is nothing to wait for.
  const { code, message, details } = error;
  return new AxioError(code, message, { cause: error, details, retryable: true, retryAfterMs: 0 });
}

/** Whether an error says that the connection, and not the request, is at fault. */
export function isConnectionExpired({ details }: AxioError): boolean {
  return STALE_CODES.includes(details.peerCode);
}

/** Whether a message is an error without a status, which says nothing, and for which the decoder would end the answer. */
export function isIgnorableError(frame: JsonObject, url: URL): boolean {
  return frame["type"] === "error" && frameError(frame, url) === undefined;
}

/** The members `headers` of a message, whatever the case of their names. What cannot be a header is left out. */
export function headersOfFrame(frame: JsonObject): Headers {
  const headers = new Headers();
  if (!isJsonObject(frame["headers"])) return headers;
  for (const [name, value] of Object.entries(frame["headers"])) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") continue;
    try {
      headers.append(name, String(value));
    } catch {
      // One broken header takes none of the others with it.
    }
  }
  return headers;
}
