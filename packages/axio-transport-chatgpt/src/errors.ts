import type { AxioError } from "axio";
import type { ErrorRule } from "axio-http";
import type { ErrorClass } from "axio-responses";
import { classifyFault } from "axio-transport-kit";
import { USAGE_PAGE } from "./config.ts";

const NOT_ELIGIBLE: ErrorClass = {
  code: "not-entitled",
  reason: "usage-not-included",
  message:
    "Apps cannot use this account's ChatGPT plan: its plan, its workspace or a policy does not allow it. Use another account or another way to pay.",
};
// The service does not say when the limit resets, and whether it is the app's own limit or that of the plan.
const USAGE_LIMIT: ErrorClass = {
  code: "usage-limit",
  message: `Manage usage: ${USAGE_PAGE}. This app has used up its share of the ChatGPT plan for now.`,
};
const WORKSPACE_LIMIT: ErrorClass = {
  code: "usage-limit",
  message: `Manage usage: ${USAGE_PAGE}. You have used up your share of the workspace for now; its administrator can raise the limit.`,
};
const UNAVAILABLE: ErrorClass = {
  code: "server",
  retryable: true,
  message: "The service cannot check the use of the ChatGPT plan now. You stay signed in. Try again later.",
};
const UNSUPPORTED: ErrorClass = {
  code: "unsupported-parameter",
  message:
    "On a ChatGPT plan, the service does not support a part of this request: an input, a tool, a parameter, the model or its tier. Omit it.",
};
const NO_ROUTE: ErrorClass = {
  code: "not-found",
  message: "On a ChatGPT plan, the service has nothing at this URL. Check the baseUrl.",
};
const INVALID_USER: ErrorClass = {
  code: "forbidden",
  message:
    "The service does not recognize the user of this sign-in. You stay signed in. If this persists, report it to OpenAI with the request id, or disconnect the app in the settings of ChatGPT and sign in again.",
};
const NO_PLAN_SCOPE: ErrorClass = {
  code: "not-entitled",
  reason: "plan-use-off",
  message: "This sign-in is not allowed to use the ChatGPT plan. Sign in again and allow it.",
};
const INVALID_CONTEXT: ErrorClass = {
  code: "forbidden",
  message:
    "The service does not accept the scopes of this sign-in. Sign in again; if this persists, report it.",
};
const CLIENT_OFF: ErrorClass = {
  code: "forbidden",
  message: "OpenAI has not enabled this app for the use of ChatGPT plans.",
};

const CLASSES: ReadonlyMap<string, ErrorClass> = new Map([
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

/** Classifies the codes that only requests on a ChatGPT plan have, in their old and new spelling. */
export function classifyPlanError(code: string): ErrorClass | undefined {
  return CLASSES.get(code.replace(/^(subscription_sharing|chatpass)_v\d+_/, "$1_"));
}

/** Classifies the errors of the API. */
export const planRule: ErrorRule = (fault) => classifyFault(fault, { classify: classifyPlanError });

/** Whether newer credentials may solve a 401: not if the service does not recognize the user. */
export function mayRefresh({ details }: AxioError): boolean {
  return !/^subscription_sharing_(v\d+_)?invalid_user$/.test(details.peerCode ?? "");
}
