import type { WireBlock } from "../provider-data.ts";
import type { WireMessage } from "./wire-message.ts";

const CALLS: readonly string[] = ["server_tool_use", "mcp_tool_use"];

/**
 * Leaves out calls of hosted tools without their result, and results without their call: the API refuses both. A result
 * belongs to a call before it in the same message, or in the assistant message before if only tool results stand between. The
 * newest call may still be open.
 */
export function withoutUnpairedServerCalls(messages: readonly WireMessage[]): readonly WireMessage[] {
  const dropped = new Set<WireBlock>();
  /** The ids of all calls: none may occur twice. */
  const seen = new Set<unknown>();
  let open = new Map<unknown, WireBlock>();
  for (const { role, content } of messages) {
    if (role === "assistant") {
      const carried = open;
      open = new Map();
      for (const block of content) {
        if (CALLS.includes(block.type)) {
          if (seen.has(block["id"])) dropped.add(block);
          else open.set(block["id"], block);
          seen.add(block["id"]);
        } else if (isResult(block)) {
          const isPaired = open.delete(block["tool_use_id"]) || carried.delete(block["tool_use_id"]);
          if (!isPaired) dropped.add(block);
        }
      }
      dropAll(carried, dropped);
    } else if (!content.every(({ type }) => type === "tool_result")) {
      dropAll(open, dropped);
      open = new Map();
    }
  }
  if (dropped.size === 0) return messages;
  return messages.map((message) => ({
    ...message,
    content: message.content.filter((block) => !dropped.has(block)),
  }));
}

/** Whether a block is the result of a hosted tool. */
export function isResult({ type, tool_use_id: id }: WireBlock): boolean {
  return type !== "tool_result" && type.endsWith("tool_result") && typeof id === "string";
}

function dropAll(open: ReadonlyMap<unknown, WireBlock>, dropped: Set<WireBlock>): void {
  for (const block of open.values()) dropped.add(block);
}
