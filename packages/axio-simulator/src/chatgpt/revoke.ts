import type { RecordedRequest } from "../recorded-request.ts";
import type { Reply } from "../reply.ts";
import { readForm } from "./form.ts";
import { oauthError } from "./oauth-error.ts";
import type { ChatGPTState } from "./state.ts";

/** `POST /api/accounts/oauth/revoke`: empty and 200, for a token that is not known as well. */
export function revokePlanToken(request: RecordedRequest, state: ChatGPTState): Reply {
  const parameters = readForm(request);
  const token = parameters?.["token"];
  if (token === undefined) return oauthError("invalid_request", "string", "A form with the token is needed.");
  if (state.registrations.find(parameters?.["client_id"] ?? "") === undefined) {
    return oauthError("invalid_client", "string", "The client is not known.");
  }
  if (state.vault.sessionOf(token) === undefined && state.vault.isToken(token)) {
    state.violations.add("access_token_revoked", request, "an access token sent for revocation");
  }
  if (state.vault.revoke(token)) state.stats.revocations += 1;
  return { kind: "plain", status: 200, headers: { "cache-control": "no-store" }, body: "" };
}
