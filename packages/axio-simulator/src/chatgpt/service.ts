import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, type Reply } from "../http/reply.ts";
import { isObject } from "../json.ts";
import { settleToken } from "../oauth/settle-token.ts";
import { authorized, type Route, type Service } from "../service.ts";
import { isKnownContent } from "../state.ts";
import { authenticate } from "./authenticate.ts";
import { decidePlanAuthorize, showPlanAuthorize } from "./authorize.ts";
import { findChatGPTRefusal, UNSUPPORTED_MEMBERS } from "./chatgpt-body.ts";
import { showPlanConfiguration, showPlanKeys } from "./discovery.ts";
import type { Grant } from "./mint.ts";
import { listPlanModels, modelsOf } from "./models.ts";
import { sharingError } from "./sharing-error.ts";
import type { ChatGPTState } from "./state.ts";
import { exchangePlanToken, revokePlanToken } from "./token.ts";
import { noteRequest } from "./violation-rules.ts";

const ROUTES: Readonly<Record<string, Route<ChatGPTState>>> = {
  "GET /.well-known/openid-configuration": {
    target: "discovery",
    answer: (_, state) => showPlanConfiguration(state),
  },
  "GET /.well-known/jwks.json": { target: "keys", answer: (_, state) => showPlanKeys(state) },
  "GET /api/accounts/authorize": { target: "authorize", answer: showPlanAuthorize },
  "POST /api/accounts/authorize": { answer: decidePlanAuthorize },
  "POST /api/accounts/oauth/token": { target: "token", answer: exchangePlanToken, settle: settleToken },
  "POST /api/accounts/oauth/revoke": { target: "revoke", answer: revokePlanToken },
  "GET /v1/models": {
    target: "models",
    answer: authorized(authenticate, (request, { registration }, state) =>
      listPlanModels(request, registration.account, state),
    ),
  },
};

/** The routes below `/v1` that the plan does not cover. */
const UNSUPPORTED_ROUTE = sharingError("subscription_sharing_route_not_supported");

const LIMIT = /subscription_sharing_(workplace_individual_)?usage_limit_exceeded/;

/** The documented "Sign in with ChatGPT" with its API. */
export const chatGPTService: Service<ChatGPTState, Grant> = {
  routes: ROUTES,
  responsesPath: "/v1/responses",
  upgradeRefusal: UNSUPPORTED_ROUTE,
  // On a WebSocket there is no other kind of response.
  messageDefaults: { stream: true },
  authenticate,
  refuse({ json }, { registration }, state, isWarmUp) {
    return findChatGPTRefusal(json, {
      models: modelsOf(registration.account, state),
      lackingTools: state.options.lackingTools,
      unknowns: state.options.unknowns,
      isKnownContent: (content) => isKnownContent(content, state),
      isWarmUp,
    });
  },
  // The documentation mentions a WebSocket and does not describe it: this is that of the platform's API.
  refuseUpgrade: () => undefined,
  echo: ({ registration }) => ({ userId: registration.account.userId, dialect: "platform" }),
  // No headers report limits.
  headers: () => ({}),
  announce: () => [],
  observe: noteRequest,
  observeResponse(request, grant, reply, state) {
    const body = isObject(request.json) ? request.json : {};
    for (const name of UNSUPPORTED_MEMBERS.filter((member) => body[member] !== undefined)) {
      state.violations.add("unsupported_member", request, `the member ${name}`);
    }
    const key = limitKey(request, grant);
    if (state.limitedInputs.has(key)) {
      state.violations.add("retry_after_usage_limit", request, "a request that had met the plan's limit");
    }
    if (reportsLimit(reply)) state.limitedInputs.add(key);
  },
  notFound(request, state) {
    if (!request.path.startsWith("/v1/")) return detailReply(404, "Not Found");
    const outcome = authenticate(request, state);
    return "refusal" in outcome ? outcome.refusal : UNSUPPORTED_ROUTE;
  },
};

/** Identifies a request that is sent again. The rest of its body may change with each attempt. */
function limitKey({ json }: RecordedRequest, { registration }: Grant): string {
  return JSON.stringify([registration.clientId, isObject(json) ? json["input"] : json]);
}

function reportsLimit(reply: Reply): boolean {
  if (reply.kind === "plain") return LIMIT.test(reply.body);
  return (
    reply.kind === "stream" &&
    reply.frames.some((frame) => frame.kind === "event" && LIMIT.test(JSON.stringify(frame.event)))
  );
}
