import type { Block, ToolUseBlock } from "../blocks.ts";
import type { StepEndEvent, StopReason, TransportEvent } from "../events.ts";
import type { JsonValue } from "../json.ts";
import { NO_USAGE, type Usage } from "../usage.ts";

/** The default usage of the builders. */
export const BUILT_USAGE: Usage = { ...NO_USAGE, inputTokens: 10, outputTokens: 5 };

/** Creates the event that ends a response. */
export function stepEnd(stopReason: StopReason = "end", usage: Usage = BUILT_USAGE): StepEndEvent {
  return { type: "step-end", stopReason, usage };
}

/** Creates the events of a text block: one delta per word, and its end. */
export function textBlock(text: string, index = 0): readonly TransportEvent[] {
  const deltas = text.match(/\S+\s*|\s+/g) ?? [];
  return [
    ...deltas.map((delta): TransportEvent => ({ type: "text-delta", index, delta })),
    { type: "block-end", index, block: { type: "text", text } },
  ];
}

/** Creates the events of a reasoning block: one delta, and its end. */
export function reasoningBlock(text: string, index = 0): readonly TransportEvent[] {
  return [
    { type: "reasoning-delta", index, delta: text },
    { type: "block-end", index, block: { type: "reasoning", text } },
  ];
}

/** Creates the block of a tool call. */
export function toolUse(id: string, name: string, input: JsonValue = {}): ToolUseBlock {
  return { type: "tool-use", id, name, input };
}

/** Creates the events of a tool call: its start, its input, and its end. */
export function toolUseBlock(
  id: string,
  name: string,
  input: JsonValue = {},
  index = 0,
): readonly TransportEvent[] {
  return toolUseEvents(toolUse(id, name, input), index);
}

/** Creates the events of a response with a text. */
export function textAnswer(text: string, usage?: Usage): readonly TransportEvent[] {
  return [...textBlock(text), stepEnd("end", usage)];
}

/** Creates the events of a response with tool calls. */
export function toolAnswer(...calls: readonly ToolUseBlock[]): readonly TransportEvent[] {
  return [...calls.flatMap(toolUseEvents), stepEnd("tool-use")];
}

/** Returns the complete blocks among events, without those that a retry discarded. */
export function finishedBlocks(events: Iterable<TransportEvent>): readonly Block[] {
  let blocks: Block[] = [];
  for (const event of events) {
    if (event.type === "retry") blocks = [];
    else if (event.type === "block-end") blocks.push(event.block);
  }
  return blocks;
}

function toolUseEvents(block: ToolUseBlock, index: number): readonly TransportEvent[] {
  const { id, name, input, inputText = JSON.stringify(input) } = block;
  return [
    { type: "tool-use-start", index, toolCallId: id, name },
    { type: "tool-input-delta", index, toolCallId: id, delta: inputText },
    { type: "block-end", index, block },
  ];
}
