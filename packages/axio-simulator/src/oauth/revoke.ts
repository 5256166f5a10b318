import type { RecordedRequest } from "../recorded-request.ts";
import { errorReply, jsonReply, type Reply } from "../reply.ts";
import type { SimulatorState } from "../state.ts";
import { readParameters } from "./token.ts";

/** `POST /oauth/revoke`: an unknown token is no error (RFC 7009 §2.2). */
export function revokeToken(request: RecordedRequest, state: SimulatorState): Reply {
  const token = readParameters(request)?.["token"];
  if (!token) return errorReply(400, { message: "The parameter token is missing.", code: "invalid_request" });
  if (state.vault.revoke(token)) state.stats.revocations += 1;
  return jsonReply(200, {});
}
