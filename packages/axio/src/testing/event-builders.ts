import type { Block, ToolUseBlock } from "../blocks.ts";
import type { StepEndEvent, StopReason, TransportEvent } from "../events.ts";
import type { JsonValue } from "../json.ts";
import { NO_USAGE, type Usage } from "../usage.ts";

/** The usage that the builders report where none is given. */
export const BUILT_USAGE: Usage = { ...NO_USAGE, inputTokens: 10, outputTokens: 5 };

/** The event that ends a call. */
export function stepEnd(stopReason: StopReason = "end", usage: Usage = BUILT_USAGE): StepEndEvent {
  return { type: "step-end", stopReason, usage };
}

/** A text block: one delta a word, and its end. */
export function textBlock(text: string, index = 0): readonly TransportEvent[] {
  const deltas = text.match(/\S+\s*|\s+/g) ?? [];
  return [
    ...deltas.map((delta): TransportEvent => ({ type: "text-delta", index, delta })),
    { type: "block-end", index, block: { type: "text", text } },
  ];
}

/** A reasoning block: one delta, and its end. */
export function reasoningBlock(text: string, index = 0): readonly TransportEvent[] {
  return [
    { type: "reasoning-delta", index, delta: text },
    { type: "block-end", index, block: { type: "reasoning", text } },
  ];
}

/** A tool call, as a block. */
export function toolUse(id: string, name: string, input: JsonValue = {}): ToolUseBlock {
  return { type: "tool-use", id, name, input };
}

/** A tool call: its start, its arguments, and its end. */
export function toolUseBlock(
  id: string,
  name: string,
  input: JsonValue = {},
  index = 0,
): readonly TransportEvent[] {
  return toolUseEvents(toolUse(id, name, input), index);
}

/** A whole answer of text. */
export function textAnswer(text: string, usage?: Usage): readonly TransportEvent[] {
  return [...textBlock(text), stepEnd("end", usage)];
}

/** A whole answer that asks for tools. */
export function toolAnswer(...calls: readonly ToolUseBlock[]): readonly TransportEvent[] {
  return [...calls.flatMap(toolUseEvents), stepEnd("tool-use")];
}

/** The blocks that a stream of events finished, after its last retry. */
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
