import type { SessionUpdate } from "@agentclientprotocol/sdk";
import type { Block, BlockEndEvent, Source } from "axio";
import { finishHostedCall, knowInput } from "./call-updates.ts";
import {
  messageId,
  type RunProgress,
  type UpdateContext,
  type UpdateStep,
  withBlock,
} from "./run-progress.ts";

const CHUNKS = { text: "agent_message_chunk", reasoning: "agent_thought_chunk" } as const;

/** Adds text to a message of the model. */
export function grow(
  progress: RunProgress,
  index: number,
  type: keyof typeof CHUNKS,
  text: string,
): UpdateStep {
  if (text === "") return { progress, updates: [] };
  const length = (progress.blocks.get(index)?.length ?? 0) + text.length;
  return {
    progress: withBlock(progress, index, { type, length }),
    updates: [
      {
        sessionUpdate: CHUNKS[type],
        messageId: messageId(progress, index),
        content: { type: "text", text },
      },
    ],
  };
}

/** Shows what the deltas of a block did not. */
export function finishBlock(
  progress: RunProgress,
  { index, block }: BlockEndEvent,
  hostedId: string,
  context: UpdateContext,
): UpdateStep {
  switch (block.type) {
    case "text":
    case "reasoning": {
      const shown = progress.blocks.get(index)?.length ?? 0;
      return grow(progress, index, block.type, block.text.slice(shown) + sourceList(block));
    }
    case "tool-use":
      return knowInput(progress, index, block, context);
    case "hosted-tool":
      return finishHostedCall(progress, index, block, hostedId);
    default:
      return { progress, updates: [] };
  }
}

/** The pages that a text cites, as a list below it. */
export function sourceList(block: Block): string {
  if (block.type !== "text" || block.sources === undefined) return "";
  const byUrl = new Map(block.sources.map((source) => [source.url, source]));
  if (byUrl.size === 0) return "";
  return `\n\n${[...byUrl.values()].map(sourceItem).join("\n")}\n`;
}

function sourceItem({ url, title }: Source): string {
  return title === undefined ? `- <${url}>` : `- [${title.replace(/[[\]\\]/g, "\\$&")}](<${url}>)`;
}

/** Shows a text that is complete. */
export function messageUpdate(type: keyof typeof CHUNKS, id: string, text: string): SessionUpdate {
  return { sessionUpdate: CHUNKS[type], messageId: id, content: { type: "text", text } };
}
