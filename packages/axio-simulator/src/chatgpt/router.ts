import { answerWithFaults } from "../faults/answer-with-faults.ts";
import type { FaultTarget } from "../faults/fault-spec.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { detailReply, type Reply } from "../reply.ts";
import { decidePlanAuthorize, showPlanAuthorize } from "./authorize.ts";
import { authenticatePlan } from "./bearer.ts";
import { showPlanConfiguration, showPlanKeys } from "./discovery.ts";
import type { Grant } from "./mint.ts";
import { listPlanModels } from "./models.ts";
import { createPlanResponse } from "./responses.ts";
import { revokePlanToken } from "./revoke.ts";
import { sharingError } from "./sharing-error.ts";
import type { ChatGPTState } from "./state.ts";
import { exchangePlanToken } from "./token.ts";
import { noteRequest } from "./violation-rules.ts";

interface Route {
  readonly target?: FaultTarget;
  readonly answer: (request: RecordedRequest, state: ChatGPTState) => Reply | Promise<Reply>;
}

const ROUTES: Readonly<Record<string, Route>> = {
  "GET /.well-known/openid-configuration": {
    target: "discovery",
    answer: (_, state) => showPlanConfiguration(state),
  },
  "GET /.well-known/jwks.json": { target: "keys", answer: (_, state) => showPlanKeys(state) },
  "GET /api/accounts/authorize": { target: "authorize", answer: showPlanAuthorize },
  "POST /api/accounts/authorize": { answer: decidePlanAuthorize },
  "POST /api/accounts/oauth/token": { target: "token", answer: exchangePlanToken },
  "POST /api/accounts/oauth/revoke": { target: "revoke", answer: revokePlanToken },
  "GET /v1/models": {
    target: "models",
    answer: (request, state) =>
      withGrant(request, state, ({ registration }) => listPlanModels(request, registration.account, state)),
  },
};

/** Answers one request, faults included. */
export async function routeChatGPT(request: RecordedRequest, state: ChatGPTState): Promise<Reply> {
  noteRequest(request, state);
  const key = `${request.method} ${request.path}`;
  if (key === "POST /v1/responses") {
    // Faults of the queue wait for a request that would have succeeded.
    return withGrant(request, state, (grant) => createPlanResponse(request, grant, state));
  }
  const found = ROUTES[key];
  if (found !== undefined) {
    return answerWithFaults(request, found.target, () => found.answer(request, state), state);
  }
  if (!request.path.startsWith("/v1/")) return detailReply(404, "Not Found");
  return withGrant(request, state, () => sharingError("subscription_sharing_route_not_supported"));
}

function withGrant(
  request: RecordedRequest,
  state: ChatGPTState,
  then: (grant: Grant) => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  const outcome = authenticatePlan(request, state);
  return "refusal" in outcome ? outcome.refusal : then(outcome.grant);
}
