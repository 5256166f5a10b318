import type { StreamEvent } from "@openai/agents-core";
import type { Block, TextBlock } from "axio";
import { itemData } from "./provider-data.ts";

/** An item of a response. */
export type OutputItem = Extract<
  StreamEvent,
  { readonly type: "response_done" }
>["response"]["output"][number];

/** Returns the output items of the blocks of a response. What the Agents SDK has no item for is stored whole in one. */
export function toOutputItems(blocks: readonly Block[], idOf: (index: number) => string): OutputItem[] {
  return blocks.map((block, index) => toItem(block, idOf(index)));
}

function toItem(block: Block, id: string): OutputItem {
  switch (block.type) {
    case "text":
      return { type: "message", role: "assistant", id, status: "completed", content: [toPart(block)] };
    case "tool-use":
      return {
        type: "function_call",
        id,
        callId: block.id,
        name: block.name,
        arguments: block.inputText ?? JSON.stringify(block.input),
        status: "completed",
        ...itemData({ providerData: block.providerData }),
      };
    case "reasoning":
      return {
        type: "reasoning",
        id,
        content: block.text === "" ? [] : [{ type: "input_text", text: block.text }],
        ...itemData({ block }),
      };
    default:
      return {
        type: "hosted_tool_call",
        id,
        name: block.type === "hosted-tool" ? block.name.replaceAll("-", "_") : block.type,
        status: "completed",
        ...itemData({ block }),
      };
  }
}

function toPart(
  block: TextBlock,
): { type: "output_text"; text: string } | { type: "refusal"; refusal: string } {
  const data = itemData({ providerData: block.providerData });
  return block.refusal === true
    ? { type: "refusal", refusal: block.text, ...data }
    : { type: "output_text", text: block.text, ...data };
}
