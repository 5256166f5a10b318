import type { FaultSpec } from "../faults/fault-spec.ts";
import { isObject } from "../json.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { detailReply, type Reply } from "../reply.ts";
import { refusalReply } from "../rules/refusal.ts";
import type { SimulatorState } from "../state.ts";
import { isGenuine } from "../stream/encrypted-content.ts";
import { type CodexRuleContext, findCodexRefusal } from "./codex-body.ts";
import { modelsEtag } from "./models.ts";
import { rateLimitHeaders } from "./rate-limits.ts";
import { streamedReply } from "./streamed-reply.ts";

/** `POST /responses`: checks the body, and answers what its script asks for. */
export async function createResponse(
  request: RecordedRequest,
  account: SimulatedAccount,
  requestedFaults: () => readonly FaultSpec[] | string,
  state: SimulatorState,
): Promise<Reply> {
  const body = request.json;
  if (!isObject(body)) return detailReply(400, "The body must be a JSON object");
  const refusal = findCodexRefusal(body, codexRuleContext(request, state));
  if (refusal !== undefined) return refusalReply(refusal);
  return streamedReply(
    {
      request,
      body,
      userId: account.userId,
      dialect: "codex",
      requestedFaults,
      headers: ({ newTurnState }) => ({
        "openai-model": String(body["model"]),
        "x-models-etag": modelsEtag(request, state),
        "x-reasoning-included": "true",
        ...rateLimitHeaders(state.rateLimits, account.planType),
        ...(newTurnState !== undefined && { "x-codex-turn-state": newTurnState }),
      }),
    },
    state,
  );
}

/** The facts of a request that the rules for its body depend on. */
export function codexRuleContext({ headers }: RecordedRequest, state: SimulatorState): CodexRuleContext {
  return {
    models: state.options.models,
    lackingTools: state.options.lackingTools,
    isKnownContent: (content) => isGenuine(content) || state.replayedContent.has(content),
    lite: headers["x-openai-internal-codex-responses-lite"] === "true",
    clientVersion: headers["version"],
  };
}
