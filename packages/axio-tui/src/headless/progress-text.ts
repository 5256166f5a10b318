import type { ToolResultBlock } from "axio";
import { cleanLine } from "../theme/clean-text.ts";
import { describeResult } from "../transcript/describe-block.ts";
import { blockEntry } from "../transcript/live-response.ts";
import { shortInput } from "../transcript/tool-call-text.ts";
import type { HeadlessEvent, ResultEvent } from "./headless-event.ts";

/** The longest description of a call or failure, in characters. */
const LONGEST_LINE = 200;

/** Returns what an event tells about the progress of a run; `undefined` for most events. */
export function progressText(event: HeadlessEvent): string | undefined {
  switch (event.type) {
    case "block-end": {
      const { block } = event;
      // Only complete blocks: what a retry discards cannot be removed from a pipe.
      if (block.type === "text") return block.phase === "commentary" ? block.text : undefined;
      if (block.type === "hosted-tool") return `* ${block.name}`;
      const entry = blockEntry(block);
      return entry?.kind === "tool" ? `* ${entry.name} ${cut(shortInput(entry))}` : undefined;
    }
    case "tool-result":
      return event.result.isError ? `* ${event.name} failed: ${firstLine(event.result)}` : undefined;
    case "request-retry":
      return `* ${event.error.message} Retrying (${event.attempt} of ${event.maxRetries}).`;
    case "retry":
      return `* ${event.error.message} Retrying (attempt ${event.attempt}).`;
    case "notice":
      return event.from === undefined ? event.message : `${event.from}: ${event.message}`;
    case "permission-denied": {
      const [rule] = event.rules;
      const advice = event.isUnattended && rule !== undefined ? ` Allow it: --allow '${rule}'` : "";
      return `* Denied: ${cut(event.title)}.${advice}`;
    }
    default:
      return undefined;
  }
}

/** Returns why a run did not end as it should; `undefined` if it did. */
export function endText(
  { endReason, error, sessionId }: ResultEvent,
  isTimedOut: boolean,
): string | undefined {
  if (error !== undefined) return error.message;
  const advice = sessionId === undefined ? "" : ` Continue: axio -p --resume ${sessionId} "go on"`;
  switch (endReason) {
    case "aborted":
      return `${isTimedOut ? "The time limit is reached." : "Stopped."}${advice}`;
    case "max-output-tokens":
      return `The response reached the model's output limit.${advice}`;
    case "incomplete":
      return `The provider ended the response early.${advice}`;
    case "max-steps":
      return `The run reached its step limit.${advice}`;
    case "budget":
      return `The run has used up its budget.${advice}`;
    case "repetition":
      return "Stopped: the model repeated the same tool calls.";
    case "content-filter":
      return "The provider's filter cut the response.";
    case "refusal":
      return "The model refused.";
    default:
      return undefined;
  }
}

function cut(text: string): string {
  return cleanLine(text, true).slice(0, LONGEST_LINE);
}

function firstLine(result: ToolResultBlock): string {
  const [line = ""] = describeResult(result).text.trim().split("\n", 1);
  return cut(line);
}
