import { jsonReply, type PlainReply } from "../http/reply.ts";
import type { JsonObject } from "../json.ts";
import type { Refusal } from "../rules/refusal.ts";

/** The type of an error of the Messages API. */
export type ClaudeErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "billing_error"
  | "permission_error"
  | "not_found_error"
  | "timeout_error"
  | "conflict_error"
  | "request_too_large"
  | "rate_limit_error"
  | "api_error"
  | "overloaded_error";

/** The body of an error. */
export function claudeError(type: string, message: string, details?: JsonObject): JsonObject {
  return {
    type: "error",
    error: { type, message, ...(details !== undefined && { details }) },
    request_id: "req_simulator",
  };
}

/** A refusal in the dialect of the Messages API. */
export function claudeRefusal(
  message: string,
  status = 400,
  type: ClaudeErrorType = "invalid_request_error",
): Refusal {
  return { status, message, param: null, code: type, body: claudeError(type, message) };
}

/** An error as a reply. */
export function claudeErrorReply(
  status: number,
  type: ClaudeErrorType,
  message: string,
  { headers = {}, details }: { headers?: Record<string, string>; details?: JsonObject } = {},
): PlainReply {
  return jsonReply(status, claudeError(type, message, details), {
    "request-id": "req_simulator",
    ...headers,
  });
}
