import { applyFaults } from "../faults/apply-faults.ts";
import { isObject } from "../json.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import type { Reply } from "../reply.ts";
import { refusalReply } from "../rules/refusal.ts";
import type { SocketHost } from "../web-socket/responses-socket.ts";
import { authenticatePlan } from "./bearer.ts";
import type { Grant } from "./mint.ts";
import { createPlanResponse, refusePlanBody } from "./responses.ts";
import { routeChatGPT } from "./router.ts";
import { sharingError } from "./sharing-error.ts";
import type { ChatGPTState } from "./state.ts";
import { noteRequest } from "./violation-rules.ts";

/**
 * Answers a request for a WebSocket. The documents say only that there is one for this route; its form is
 * that of the platform's API.
 */
export async function acceptPlanUpgrade(
  request: RecordedRequest,
  state: ChatGPTState,
): Promise<{ host: SocketHost } | { refusal: Reply }> {
  if (request.path !== "/v1/responses") return { refusal: await routeChatGPT(request, state) };
  noteRequest(request, state);
  const outcome = authenticatePlan(request, state);
  if ("refusal" in outcome) return outcome;
  const unsupportedRoute = sharingError("subscription_sharing_route_not_supported");
  const fault = state.faults.take("upgrade");
  if (fault !== undefined) return { refusal: applyFaults(unsupportedRoute, [fault], 1, undefined) };
  return state.options.webSocket ? { host: planHost(outcome.grant, state) } : { refusal: unsupportedRoute };
}

function planHost(grant: Grant, state: ChatGPTState): SocketHost {
  const { account } = grant.registration;
  return {
    stats: state.stats,
    echo: { userId: account.userId, dialect: "platform" },
    answer: (request) => createPlanResponse(streaming(request), grant, state),
    refuseWarmUp(request) {
      const refusal = refusePlanBody(streaming(request), account, state, { isWarmUp: true });
      return refusal && refusalReply(refusal);
    },
    announce: () => [],
  };
}

/** A message has no member `stream`: there is no other way to answer it. */
function streaming(request: RecordedRequest): RecordedRequest {
  const { json } = request;
  return { ...request, json: isObject(json) ? { stream: true, ...json } : json };
}
