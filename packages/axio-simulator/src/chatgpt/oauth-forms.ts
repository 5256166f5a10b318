import type { RecordedRequest } from "../http/recorded-request.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { TokenSwitches } from "./switches.ts";

/** Reads a form; `undefined` if the body is not a form or repeats a parameter. */
export function readForm(request: RecordedRequest): Readonly<Record<string, string>> | undefined {
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) return undefined;
  const form = new URLSearchParams(request.body);
  return new Set(form.keys()).size === [...form.keys()].length ? Object.fromEntries(form) : undefined;
}

/** A refusal of the token endpoint, in one of the shapes that the documentation tells clients to read. */
export function oauthError(code: string, shape: TokenSwitches["errorShape"], message: string): Reply {
  const status = code === "invalid_client" ? 401 : 400;
  if (shape === "string") return jsonReply(status, { error: code, error_description: message });
  const error = { message, type: "invalid_request_error", param: null, code };
  return jsonReply(status, shape === "object" ? { error } : { detail: { error } });
}
