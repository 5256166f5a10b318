import type { SessionUpdate } from "@agentclientprotocol/sdk";
import type { Block, Message } from "axio";
import { hostedUpdate, resultUpdate } from "./call-updates.ts";
import { describeCall } from "./describe-call.ts";
import { messageUpdate, sourceList } from "./message-updates.ts";
import { imageContent } from "./text-content.ts";

/** The history of a session that is loaded. */
export interface LoadedHistory {
  readonly messages: readonly Message[];
  /** The changes that calls made to files, by the ids of the calls. */
  readonly diffs: ReadonlyMap<string, string>;
  readonly cwd: string;
}

/** Returns the updates that show a stored history. The ids of messages are their positions. */
export function historyUpdates({ messages, diffs, cwd }: LoadedHistory): readonly SessionUpdate[] {
  const answered = new Set(messages.flatMap(({ content }) => content.flatMap(resultId)));
  return messages.flatMap(({ role, content }, position) =>
    content.flatMap((block, index): readonly SessionUpdate[] => {
      const id = `history-${position}-${index}`;
      if (role === "assistant") return modelUpdates(block, id, { cwd, answered });
      if (block.type === "tool-result") return [resultUpdate(block, diffs.get(block.toolCallId) ?? "", cwd)];
      return userUpdates(block, `history-${position}`);
    }),
  );
}

function resultId(block: Block): readonly string[] {
  return block.type === "tool-result" ? [block.toolCallId] : [];
}

function userUpdates(block: Block, messageId: string): readonly SessionUpdate[] {
  switch (block.type) {
    case "text":
      return [
        { sessionUpdate: "user_message_chunk", messageId, content: { type: "text", text: block.text } },
      ];
    case "image":
      return [
        {
          sessionUpdate: "user_message_chunk",
          messageId,
          content: imageContent(block.mediaType, block.source),
        },
      ];
    case "file":
      return [
        {
          sessionUpdate: "user_message_chunk",
          messageId,
          content: { type: "text", text: `File: ${block.name ?? block.mediaType}` },
        },
      ];
    default:
      return [];
  }
}

function modelUpdates(
  block: Block,
  id: string,
  { cwd, answered }: { readonly cwd: string; readonly answered: ReadonlySet<string> },
): readonly SessionUpdate[] {
  switch (block.type) {
    case "text":
      return block.text === "" ? [] : [messageUpdate("text", id, block.text + sourceList(block))];
    case "reasoning":
      return block.text === "" ? [] : [messageUpdate("reasoning", id, block.text)];
    case "image":
      return [{ sessionUpdate: "agent_message_chunk", content: imageContent(block.mediaType, block.source) }];
    case "hosted-tool":
      return [hostedUpdate(block, id, false)];
    case "tool-use":
      return [
        {
          sessionUpdate: "tool_call",
          toolCallId: block.id,
          name: block.name,
          ...describeCall(block.name, block.input, cwd),
          status: answered.has(block.id) ? "pending" : "failed",
          rawInput: block.input ?? block.inputText,
        },
      ];
    default:
      return [];
  }
}
