import { jsonReply, type Reply } from "../reply.ts";
import type { TokenSwitches } from "./switches.ts";

/** A refusal of the token endpoint in one of the shapes that clients have been told to read. */
export function oauthError(code: string, shape: TokenSwitches["errorShape"], message: string): Reply {
  const status = code === "invalid_client" ? 401 : 400;
  if (shape === "string") return jsonReply(status, { error: code, error_description: message });
  const error = { message, type: "invalid_request_error", param: null, code };
  return jsonReply(status, shape === "object" ? { error } : { detail: { error } });
}
