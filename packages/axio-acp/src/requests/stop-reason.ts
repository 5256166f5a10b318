import type { StopReason } from "@agentclientprotocol/sdk";
import { AxioError, type RunEndReason } from "axio";

/** Said for a run that ended early, if the editor's stop reason does not tell it. */
export interface EndedRun {
  readonly stopReason: StopReason;
  /** A sentence for the user. */
  readonly note?: string | undefined;
}

/**
 * Converts the end of a run to the answer of a prompt. A run that failed has none.
 *
 * @throws AxioError if the provider ended the response early without a reason that the protocol has.
 */
export function endedRun(reason: Exclude<RunEndReason, "error">): EndedRun {
  switch (reason) {
    case "end":
      return { stopReason: "end_turn" };
    case "max-output-tokens":
      return { stopReason: "max_tokens" };
    case "max-steps":
      return { stopReason: "max_turn_requests" };
    case "repetition":
      return { stopReason: "max_turn_requests", note: "Stopped: the model repeated the same tool calls." };
    case "budget":
      return { stopReason: "max_turn_requests", note: "Stopped: the run has used up its budget." };
    case "refusal":
      return { stopReason: "refusal" };
    case "content-filter":
      return { stopReason: "refusal", note: "The provider's filter cut the response." };
    case "aborted":
      return { stopReason: "cancelled" };
    case "incomplete":
      throw new AxioError("protocol", 'The provider ended the response early. Send "go on" to get the rest.');
  }
}
