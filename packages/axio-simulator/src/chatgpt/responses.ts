import { streamedReply } from "../backend/streamed-reply.ts";
import { requestedFaults } from "../faults/answer-with-faults.ts";
import { isObject } from "../json.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import type { Reply } from "../reply.ts";
import { type Refusal, refusalReply } from "../rules/refusal.ts";
import { isGenuine } from "../stream/encrypted-content.ts";
import { findChatGPTRefusal, UNSUPPORTED_MEMBERS } from "./chatgpt-body.ts";
import type { Grant } from "./mint.ts";
import { modelsOf } from "./models.ts";
import type { ChatGPTState } from "./state.ts";

const LIMIT = /subscription_sharing_(workplace_individual_)?usage_limit_exceeded/;

/** `POST /v1/responses`: checks the body, and answers what its script asks for. No headers tell of limits. */
export async function createPlanResponse(
  request: RecordedRequest,
  grant: Grant,
  state: ChatGPTState,
): Promise<Reply> {
  const { account } = grant.registration;
  noteViolations(request, grant, state);
  const refusal = refusePlanBody(request, account, state);
  if (refusal !== undefined) return refusalReply(refusal);
  const reply = await streamedReply(
    {
      request,
      body: isObject(request.json) ? request.json : {},
      userId: account.userId,
      dialect: "platform",
      headers: () => ({}),
      requestedFaults: () => requestedFaults(request, "responses", state),
    },
    state,
  );
  if (tellsLimit(reply)) state.limitedInputs.add(limitKey(request, grant));
  return reply;
}

/** Why the account may not send the body. */
export function refusePlanBody(
  request: RecordedRequest,
  account: SimulatedAccount,
  state: ChatGPTState,
  { isWarmUp = false } = {},
): Refusal | undefined {
  return findChatGPTRefusal(request.json, {
    isWarmUp,
    models: modelsOf(account, state),
    lackingTools: state.options.lackingTools,
    unknowns: state.options.unknowns,
    isKnownContent: (content) => isGenuine(content) || state.replayedContent.has(content),
  });
}

function noteViolations(request: RecordedRequest, grant: Grant, state: ChatGPTState): void {
  const body = request.json;
  if (isObject(body)) {
    for (const name of UNSUPPORTED_MEMBERS.filter((member) => body[member] !== undefined)) {
      state.violations.add("unsupported_member", request, `the member ${name}`);
    }
  }
  if (state.limitedInputs.has(limitKey(request, grant))) {
    state.violations.add("retry_after_usage_limit", request, "the request again that met the plan's limit");
  }
}

/** The rest of a body may carry the number of the try. */
function limitKey({ json }: RecordedRequest, { registration }: Grant): string {
  return JSON.stringify([registration.clientId, isObject(json) ? json["input"] : json]);
}

function tellsLimit(reply: Reply): boolean {
  if (reply.kind === "plain") return LIMIT.test(reply.body);
  return (
    reply.kind === "stream" &&
    reply.frames.some((frame) => frame.kind === "event" && LIMIT.test(JSON.stringify(frame.event)))
  );
}
