import type { SessionUpdate } from "@agentclientprotocol/sdk";
import type { StreamEvent } from "axio";
import { finishCall, finishOpenCalls, growOutput, openCall, startRunning } from "./call-updates.ts";
import { finishBlock, grow } from "./message-updates.ts";
import {
  nextResponse,
  type RunProgress,
  type UpdateContext,
  type UpdateStep,
  withBlock,
} from "./run-progress.ts";
import { imageContent } from "./text-content.ts";

/** Said where the connection was lost after text was shown, because an editor cannot remove it. */
const RESTART_NOTE = "\n\n*The connection was lost. The response starts again:*\n\n";

/** Converts an event of a run to updates of the session. */
export function runUpdates(progress: RunProgress, event: StreamEvent, context: UpdateContext): UpdateStep {
  switch (event.type) {
    case "text-delta":
      return grow(progress, event.index, "text", event.delta);
    case "reasoning-delta":
      return grow(progress, event.index, "reasoning", event.delta);
    case "tool-use-start":
      return openCall(progress, event, context);
    case "hosted-tool-start":
      return openCall(progress, { ...event, toolCallId: hostedId(progress, event.index) }, context);
    case "block-end":
      return finishBlock(progress, event, hostedId(progress, event.index), context);
    case "image-output":
      return event.partial
        ? same(progress)
        : {
            progress: withBlock(progress, event.index, { type: "other", length: 0 }),
            updates: [
              {
                sessionUpdate: "agent_message_chunk",
                content: imageContent(event.image.mediaType, event.image.source),
              },
            ],
          };
    case "tool-waiting":
      return event.reason === "tool" ? startRunning(progress, event.toolCallId) : same(progress);
    case "tool-output-delta":
      return growOutput(progress, event.toolCallId, event.delta);
    case "tool-result":
      return finishCall(progress, event.result, context);
    case "retry":
      return discard(progress);
    case "step-end":
      return {
        progress: nextResponse(progress),
        updates: usageUpdates(
          event.contextTokens ?? event.usage.inputTokens + event.usage.outputTokens,
          context,
        ),
      };
    case "run-end":
      return finishOpenCalls(progress, progress.calls.keys(), "Stopped.");
    default:
      return same(progress);
  }
}

/** Reports how full the context window is. */
export function usageUpdates(
  used: number,
  { contextWindow: size }: Pick<UpdateContext, "contextWindow">,
): readonly SessionUpdate[] {
  return size === undefined || used === 0 ? [] : [{ sessionUpdate: "usage_update", used, size }];
}

function same(progress: RunProgress): UpdateStep {
  return { progress, updates: [] };
}

/** Hosted tools have no id of their own in every event. */
function hostedId({ runId, response }: RunProgress, index: number): string {
  return `${runId}-${response}-${index}-hosted`;
}

/** The response begins again. */
function discard(progress: RunProgress): UpdateStep {
  const blocks = [...progress.blocks.values()];
  const hasText = blocks.some(({ type, length }) => type === "text" && length > 0);
  const calls = blocks.flatMap(({ toolCallId }) => (toolCallId === undefined ? [] : [toolCallId]));
  const { progress: rest, updates } = finishOpenCalls(progress, calls, "The connection was lost.");
  const note: SessionUpdate = {
    sessionUpdate: "agent_message_chunk",
    content: { type: "text", text: RESTART_NOTE },
  };
  return { progress: nextResponse(rest), updates: hasText ? [...updates, note] : updates };
}
