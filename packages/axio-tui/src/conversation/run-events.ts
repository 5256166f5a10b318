import { addUsage, type RunEndReason, type StreamEvent } from "axio";
import { addEntry, applyEvents, notice } from "../transcript/transcript.ts";
import type { ConversationState } from "./state.ts";

type Progress = Pick<ConversationState, "transcript" | "usage" | "contextTokens" | "rateLimits">;

/** The state of a conversation after some events of its run. */
export function applyRunEvents(progress: Progress, events: readonly StreamEvent[]): Progress {
  let { usage, rateLimits, contextTokens } = progress;
  const notices = [];
  for (const event of events) {
    if (event.type === "step-end") {
      usage = addUsage(usage, event.usage);
      contextTokens = event.usage.inputTokens + event.usage.outputTokens || contextTokens;
    } else if (event.type === "rate-limits") {
      rateLimits = event.rateLimits;
    } else if (event.type === "run-end" && event.reason === "aborted") {
      notices.push(notice("info", stopNotice(progress)));
    } else if (event.type === "run-end") {
      const text = endNotice(event.reason);
      if (text !== undefined) notices.push(notice("warning", text));
    }
  }
  const transcript = notices.reduce(addEntry, applyEvents(progress.transcript, events));
  return { transcript, usage, contextTokens, rateLimits };
}

function stopNotice({ transcript }: Progress): string {
  const isCut = transcript.live.some(({ entry }) => "isLive" in entry && entry.isLive);
  return isCut ? "Stopped. The text so far stays in the conversation, marked as interrupted." : "Stopped.";
}

/** Returns the notice for a run that ended early; `undefined` if there is nothing to add to the answer or the error. */
function endNotice(reason: RunEndReason): string | undefined {
  switch (reason) {
    case "max-output-tokens":
      return 'The answer reached the model\'s output limit. Say "go on" to get the rest.';
    case "content-filter":
      return "The provider's filter cut the answer.";
    case "incomplete":
      return 'The provider ended the answer early. Say "go on" to get the rest.';
    case "max-steps":
      return 'The run reached its step limit. Say "go on" to continue.';
    case "repetition":
      return "Stopped: the model repeated the same tool calls.";
    default:
      return undefined;
  }
}
