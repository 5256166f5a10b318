import type { ErrorClass } from "./error-class.ts";

/** Where a person sees and limits what apps use of the plan. */
const USAGE_PAGE = "https://chatgpt.com/settings/usage";

const NOT_ELIGIBLE: ErrorClass = {
  code: "usage-not-included",
  message:
    "Apps may not use this account's ChatGPT plan: its plan, its workspace or a policy does not allow it. Use another account, or another way to pay.",
};
// When it resets, and whether it is the app's own limit or the plan's, nobody says.
const USAGE_LIMIT: ErrorClass = {
  code: "usage-limit",
  message: `Manage usage: ${USAGE_PAGE}. What this app may use of the ChatGPT plan is used up for now.`,
};
const WORKSPACE_LIMIT: ErrorClass = {
  code: "usage-limit",
  message: `Manage usage: ${USAGE_PAGE}. What the workspace lets you use is used up for now; its administrator can raise the limit.`,
};
const UNAVAILABLE: ErrorClass = {
  code: "server",
  retryable: true,
  message: "The use of the ChatGPT plan cannot be settled right now. The sign-in is kept. Try again later.",
};
const UNSUPPORTED: ErrorClass = {
  code: "unsupported-parameter",
  message:
    "On a ChatGPT plan, the service does not support a part of this request: an input, a tool, a setting, the model or its tier. Leave it out.",
};
const NO_ROUTE: ErrorClass = {
  code: "not-found",
  message: "On a ChatGPT plan, the service has nothing at this address. Check the baseUrl.",
};
const INVALID_USER: ErrorClass = {
  code: "forbidden",
  message:
    "The service does not recognise the user of this sign-in. The sign-in is kept. Where it stays so, report it to OpenAI with the id of the request, or disconnect the app in the settings of ChatGPT and sign in again.",
};
const NO_PLAN_SCOPE: ErrorClass = {
  code: "plan-use-off",
  message: "The sign-in may not use the ChatGPT plan. Sign in again and allow it.",
};
const INVALID_CONTEXT: ErrorClass = {
  code: "forbidden",
  message:
    "The service does not accept what the sign-in was granted. Sign in again; where it stays so, report it.",
};
const CLIENT_OFF: ErrorClass = {
  code: "forbidden",
  message: "OpenAI has not enabled this app for the use of ChatGPT plans.",
};

const VERDICTS: ReadonlyMap<string, ErrorClass> = new Map([
  ["subscription_sharing_user_not_eligible", NOT_ELIGIBLE],
  ["subscription_sharing_usage_limit_exceeded", USAGE_LIMIT],
  ["subscription_sharing_workplace_individual_usage_limit_exceeded", WORKSPACE_LIMIT],
  ["subscription_sharing_usage_unavailable", UNAVAILABLE],
  ["subscription_sharing_user_unavailable", UNAVAILABLE],
  ["subscription_sharing_unsupported_capability", UNSUPPORTED],
  ["subscription_sharing_route_not_supported", NO_ROUTE],
  ["subscription_sharing_invalid_user", INVALID_USER],
  ["subscription_sharing_client_not_enabled", CLIENT_OFF],
  ["chatpass_scope_not_authorized", NO_PLAN_SCOPE],
  ["chatpass_invalid_authorization_context", INVALID_CONTEXT],
]);

/** What an error of a request on a ChatGPT plan comes to, in the newer and the older spelling of its code. */
export function classifyPlanError(code: string): ErrorClass | undefined {
  return VERDICTS.get(code.replace(/^(subscription_sharing|chatpass)_v\d+_/, "$1_"));
}
