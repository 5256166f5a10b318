import type { PlainReply } from "../http/reply.ts";
import { platformRefusal, type Refusal, refusalReply } from "../rules/refusal.ts";

/** The codes of this route and their statuses. Statuses that are not documented are guesses. */
export const SHARING_ERRORS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  subscription_sharing_user_not_eligible: [403, "This account cannot share its plan."],
  subscription_sharing_usage_limit_exceeded: [429, "The usage limit for this app has been reached."],
  subscription_sharing_usage_unavailable: [
    503,
    "The usage cannot be determined now. Please try again later.",
  ],
  subscription_sharing_unsupported_capability: [400, "User subscription sharing does not support this."],
  subscription_sharing_route_not_supported: [403, "User subscription sharing does not support this route."],
  subscription_sharing_invalid_user: [401, "The user is not valid."],
  chatpass_v2_scope_not_authorized: [403, "The token may not use the plan."],
  chatpass_v2_invalid_authorization_context: [403, "The authorization context is not valid."],
  subscription_sharing_user_unavailable: [503, "The user cannot be looked up now. Please try again later."],
  subscription_sharing_workplace_individual_usage_limit_exceeded: [
    429,
    "The limit your workspace gives you has been reached.",
  ],
  subscription_sharing_v2_client_not_enabled: [403, "The app is not enabled."],
  subscription_sharing_v2_user_not_eligible: [403, "This account cannot share its plan."],
  subscription_sharing_v2_route_not_supported: [
    403,
    "User subscription sharing does not support this route.",
  ],
  subscription_sharing_v2_invalid_user: [401, "The user is not valid."],
  subscription_sharing_v2_user_unavailable: [503, "The user cannot be looked up now."],
};

/** The response for one of the codes. */
export function sharingError(code: string): PlainReply {
  const [status, message] = SHARING_ERRORS[code] ?? [400, "It failed."];
  return refusalReply(platformRefusal(message, null, code, status));
}

/** The refusal of something that the route does not support. */
export function unsupported(what: string, param: string): Refusal {
  return platformRefusal(
    `User subscription sharing does not support ${what}.`,
    param,
    "subscription_sharing_unsupported_capability",
  );
}
