import { isObject, type JsonObject, parseJson } from "../json.ts";
import type { PlainReply } from "../reply.ts";

/** An answer that is an error, as the message of a WebSocket: status and headers stand in it. */
export function errorMessage({ status, headers, body }: PlainReply): JsonObject {
  return { type: "error", status, error: errorMember(parseJson(body), body), headers };
}

function errorMember(value: unknown, body: string): JsonObject {
  if (isObject(value) && isObject(value["error"])) return value["error"];
  const detail = isObject(value) ? value["detail"] : undefined;
  if (isObject(detail)) return { type: "invalid_request_error", ...detail };
  const message = typeof detail === "string" ? detail : body;
  return { type: "invalid_request_error", message };
}
