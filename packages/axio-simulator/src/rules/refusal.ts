import { jsonReply, type PlainReply } from "../http/reply.ts";
import type { JsonObject } from "../json.ts";

/** Why the service refuses a request, in its own words. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number;
  readonly message: string;
  /** The place in the body, such as `input[2].name`. */
  readonly param: string | null;
  readonly code: string | null;
  /** The JSON body of the response. */
  readonly body: JsonObject;
}

/** A refusal in the dialect of the platform: `{"error":{message,type,code,param}}`. */
export function platformRefusal(
  message: string,
  param: string | null,
  code: string | null,
  status = 400,
): Refusal {
  const body = { error: { message, type: "invalid_request_error", code, param } };
  return { status, message, param, code, body };
}

/** A refusal in the other dialect of the ChatGPT backend: `{"detail":"…"}`. */
export function detailRefusal(message: string): Refusal {
  return { status: 400, message, param: null, code: null, body: { detail: message } };
}

export function refusalReply({ status, body }: Refusal): PlainReply {
  return jsonReply(status, body);
}
