import type { FaultSpec } from "../faults/fault-spec.ts";
import { isObject } from "../json.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { detailReply, type Reply } from "../reply.ts";
import type { SimulatorState } from "../state.ts";
import { modelsEtag } from "./models.ts";
import { rateLimitHeaders } from "./rate-limits.ts";
import { streamedReply } from "./streamed-reply.ts";
import { validateBody } from "./validate-body.ts";

/** `POST /responses`: checks the body, and answers what its script asks for. */
export async function createResponse(
  request: RecordedRequest,
  account: SimulatedAccount,
  requestedFaults: () => readonly FaultSpec[] | string,
  state: SimulatorState,
): Promise<Reply> {
  const body = request.json;
  if (!isObject(body)) return detailReply(400, "The body must be a JSON object");
  const refusal = validateBody(request, body, state);
  if (refusal !== undefined) return refusal;
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
