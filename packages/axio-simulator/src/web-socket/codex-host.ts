import { rateLimitEvent } from "../backend/rate-limits.ts";
import { validateBody } from "../backend/validate-body.ts";
import { isLite } from "../backend/validate-lite.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { routeMessage } from "../router.ts";
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
      // A warm-up has no text of the person yet, and newer clients put their instructions there.
      const instructed = isLite(request) ? body : { instructions: "To come.", ...body };
      return validateBody(request, instructed, state);
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
