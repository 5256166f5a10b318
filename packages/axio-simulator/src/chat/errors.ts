import { jsonReply, type PlainReply } from "../http/reply.ts";
import type { JsonObject } from "../json.ts";
import type { Refusal } from "../rules/refusal.ts";
import type { ChatSwitches } from "./switches.ts";

/** The members of an error of OpenAI. */
interface ErrorMembers {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | null;
}

/** A refusal in the form of a server. */
export function chatRefusalReply(refusal: Refusal, { errors }: ChatSwitches): PlainReply {
  const { status, message, param, code, body } = refusal;
  const type = errorType(body);
  const known = errors === "mistral" && code === "unknown_parameter" ? 422 : status;
  return jsonReply(known, errorBody(known, { message, type, param, code }, errors));
}

function errorType(body: JsonObject): string | null {
  const error = body["error"] as JsonObject | undefined;
  return typeof error?.["type"] === "string" ? error["type"] : "invalid_request_error";
}

/** The body of an error in the form of a server. */
function errorBody(status: number, error: ErrorMembers, shape: ChatSwitches["errors"]): unknown {
  const { message, type, param, code } = error;
  switch (shape) {
    case "openai":
      return { error };
    case "azure":
      return status === 401 ? { statusCode: 401, message } : { error };
    case "openrouter":
      return {
        error: {
          code: status,
          message: "Provider returned error",
          metadata: { provider_name: "Simulator", raw: JSON.stringify({ error }) },
        },
        user_id: "user_simulator",
      };
    case "array":
      return [{ error: { code: status, message, status: "INVALID_ARGUMENT", details: [] } }];
    case "mistral":
      return status === 422
        ? {
            detail: [
              { type: "extra_forbidden", loc: ["body", param], msg: "Extra inputs are not permitted" },
            ],
          }
        : { object: "error", message, type, param, code };
    case "flat":
      return { object: "error", message, type: "BadRequestError", param, code: status };
    case "text":
      return { error: message };
    case "detail":
      return { detail: message };
    case "validation":
      return { error: message, error_type: "validation" };
  }
}
