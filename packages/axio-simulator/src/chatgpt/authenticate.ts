import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, type Reply } from "../http/reply.ts";
import { PLANS_WITHOUT_SHARING } from "./accounts.ts";
import type { Grant } from "./mint.ts";
import { PLAN_SCOPE } from "./scopes.ts";
import { sharingError } from "./sharing-error.ts";
import type { ChatGPTState } from "./state.ts";

/** Checks the bearer token and its scope. */
export function authenticate(
  request: RecordedRequest,
  state: ChatGPTState,
): { caller: Grant } | { refusal: Reply } {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers["authorization"] ?? "") ?? [];
  if (token === undefined) return { refusal: detailReply(401, "Unauthorized") };
  const outcome = state.vault.authenticate(token);
  if (outcome === "expired") return { refusal: detailReply(401, "The access token has expired.") };
  if (typeof outcome === "string") return { refusal: detailReply(401, "The access token is not valid.") };
  const grant = outcome.owner;
  if (!grant.scopes.includes(PLAN_SCOPE))
    return { refusal: sharingError("chatpass_v2_scope_not_authorized") };
  if (PLANS_WITHOUT_SHARING.has(grant.registration.account.planType)) {
    return { refusal: sharingError("subscription_sharing_user_not_eligible") };
  }
  return { caller: grant };
}
