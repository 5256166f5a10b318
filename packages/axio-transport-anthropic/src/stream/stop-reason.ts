import type { StopReason } from "axio";

/** The reasons with which the provider asks to send the request again with the response so far. */
const PAUSES: readonly string[] = ["pause_turn", "compaction"];

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  tool_use: "tool-use",
  max_tokens: "max-output-tokens",
  refusal: "refusal",
  // A higher limit does not help, so this is not `max-output-tokens`.
  model_context_window_exceeded: "incomplete",
};

/** The meaning of a stop reason. */
export interface Stop {
  readonly stopReason: StopReason;
  /** The provider's reason, if the stop reason does not tell it. */
  readonly peerReason?: string | undefined;
}

/** Reads a stop reason. An unknown one says that the response is not complete. */
export function readStopReason(reason: string, hasCalls: boolean): Stop {
  const known = STOP_REASONS[reason];
  if (known === undefined || known === "incomplete") return { stopReason: "incomplete", peerReason: reason };
  if (known === "end" && hasCalls) return { stopReason: "tool-use" };
  // Its only call was not complete.
  return known === "tool-use" && !hasCalls
    ? { stopReason: "incomplete", peerReason: reason }
    : { stopReason: known };
}

/** Whether a response is to be continued with another request. */
export function isPause({ peerReason }: Stop): boolean {
  return peerReason !== undefined && PAUSES.includes(peerReason);
}
