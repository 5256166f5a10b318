import type { JsonObject } from "../json.ts";
import type { ChatSwitches } from "./switches.ts";

/** A delta with reasoning, in the form of a server. `undefined` if the server does not show it. */
export function reasoningDelta(text: string, { reasoning }: ChatSwitches): JsonObject | undefined {
  switch (reasoning) {
    case "none":
      return undefined;
    case "reasoning_content":
    case "reasoning":
    case "thinking":
      return { [reasoning]: text };
    case "both":
      return { reasoning: text, reasoning_content: text };
    case "reasoning_details":
      return { content: "", reasoning: text, reasoning_details: [detail({ text })] };
    case "thinking_blocks":
      return { reasoning_content: text, thinking_blocks: [{ type: "thinking", thinking: text }] };
    case "parts":
      return { content: [{ type: "thinking", thinking: [{ type: "text", text }] }] };
    case "tags":
    case "closing-tag":
      return { content: text };
  }
}

/** The deltas before reasoning. Tags are cut, as tokens cut them. */
export function reasoningOpening({ reasoning }: ChatSwitches): readonly JsonObject[] {
  return reasoning === "tags" ? [{ content: "<th" }, { content: "ink>\n" }] : [];
}

/** The deltas after reasoning. */
export function reasoningClosing(signature: string, { reasoning }: ChatSwitches): readonly JsonObject[] {
  switch (reasoning) {
    case "tags":
    case "closing-tag":
      return [{ content: "</" }, { content: "think" }, { content: ">\n\n" }];
    case "reasoning_details":
      return [{ content: "", reasoning: null, reasoning_details: [detail({ signature })] }];
    case "thinking_blocks":
      return [{ thinking_blocks: [{ type: "thinking", thinking: "", signature }] }];
    default:
      return [];
  }
}

function detail(members: JsonObject): JsonObject {
  return { type: "reasoning.text", ...members, format: "simulator-v1", index: 0 };
}
