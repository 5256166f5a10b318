import { isObject, type JsonObject, parseJson } from "../json.ts";
import type { PlainReply } from "../reply.ts";

/** An answer that is an error, as the message of a WebSocket: status and headers stand in it. */
export function errorMessage({ status, headers, body }: PlainReply): JsonObject {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return { type: "error", status, error: errorMember(parseJson(body), body, type), headers };
}

function errorMember(value: unknown, body: string, type: string): JsonObject {
  if (isObject(value) && isObject(value["error"])) return value["error"];
  const detail = isObject(value) ? value["detail"] : undefined;
  if (isObject(detail)) return { type, ...detail };
  const message = typeof detail === "string" ? detail : body;
  return { type, message };
}
