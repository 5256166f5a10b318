import { findCodexRefusal } from "../backend/codex-body.ts";
import { rateLimitEvent } from "../backend/rate-limits.ts";
import { codexRuleContext } from "../backend/responses.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { routeMessage } from "../router.ts";
import { refusalReply } from "../rules/refusal.ts";
import type { SimulatorState } from "../state.ts";
import { eventFrame } from "../stream/frames.ts";
import type { SocketHost } from "./responses-socket.ts";

/** The ChatGPT backend behind a WebSocket. */
export function codexHost(account: SimulatedAccount, state: SimulatorState): SocketHost {
  return {
    stats: state.stats,
    echo: { userId: account.userId, dialect: "codex" },
    answer: (request) => routeMessage(request, account, state),
    refuseWarmUp(request, body) {
      const context = codexRuleContext(request, state);
      // A warm-up has no text of the user yet, and newer clients put their instructions there.
      const instructed = context.lite ? body : { instructions: "To come.", ...body };
      const refusal = findCodexRefusal(instructed, { ...context, isWarmUp: true });
      return refusal && refusalReply(refusal);
    },
    announce(headers) {
      const turnState = headers["x-codex-turn-state"];
      const etag = headers["x-models-etag"];
      return [
        ...(etag === undefined
          ? []
          : [
              eventFrame(rateLimitEvent(state.rateLimits, account.planType)),
              eventFrame({ type: "codex.response.metadata", headers: { "x-models-etag": etag } }),
            ]),
        ...(turnState === undefined
          ? []
          : [eventFrame({ type: "response.metadata", headers: { "x-codex-turn-state": turnState } })]),
      ];
    },
  };
}
