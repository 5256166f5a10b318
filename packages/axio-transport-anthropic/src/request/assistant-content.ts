import { type Block, isJsonObject, type JsonObject, type ReasoningBlock, type ToolUseBlock } from "axio";
import {
  type AnthropicData,
  readAnthropicData,
  type ThinkingOrigin,
  type WireBlock,
} from "../provider-data.ts";
import type { Entry } from "./sides.ts";
import type { ToolIds } from "./tool-ids.ts";
import { toWireName } from "./tool-names.ts";
import { isBlank, textBlock } from "./wire-message.ts";

/** The facts that hold for all messages of a request. */
export interface AssistantContext {
  readonly ids: ToolIds;
  /** Identifies who can read thinking now. */
  readonly origin: string | undefined;
  /** Whether thinking without a signature is accepted. */
  readonly acceptsUnsigned: boolean;
  /** The signatures of thinking that the service did not accept. It is left out. */
  readonly rejectedThinking: ReadonlySet<string>;
  /** The types of blocks that the service does not take back. */
  readonly refusedBlocks: readonly string[];
  /** Receives the origin of each thinking block that is sent. */
  readonly origins: Map<WireBlock, ThinkingOrigin>;
}

/** The output of one step. */
export interface AssistantContent {
  readonly content: readonly WireBlock[];
  /** The ids of the calls in this request, in order. */
  readonly callIds: readonly string[];
}

/** Converts the output of one step, each block in its place. Images and files are left out: only a user can send them. */
export function toAssistantContent(entries: readonly Entry[], context: AssistantContext): AssistantContent {
  const callIds: string[] = [];
  const content = entries.flatMap(({ block }): readonly WireBlock[] => {
    if (block.type !== "tool-use") return toBlocks(block, context);
    const id = context.ids.issue(block.id);
    callIds.push(id);
    return [toToolUse(block, id)];
  });
  return { content, callIds };
}

function toBlocks(block: Block, context: AssistantContext): readonly WireBlock[] {
  const data = readAnthropicData(block);
  switch (block.type) {
    case "text":
      return isBlank(block.text) ? [] : [{ ...textBlock(block.text), ...data?.members }];
    case "reasoning":
      return toThinking(block, data, context);
    case "hosted-tool":
    case "opaque":
      if (data?.block === undefined || !isWireBlock(data.block)) return [];
      return context.refusedBlocks.includes(data.block.type) ? [] : [data.block];
    default:
      return [];
  }
}

function toThinking(
  { text }: ReasoningBlock,
  data: AnthropicData | undefined,
  context: AssistantContext,
): readonly WireBlock[] {
  if (data === undefined) return [];
  const { origin, prefix, signature, redactedData } = data;
  if (context.rejectedThinking.has(redactedData ?? signature ?? "")) return [];
  if (origin !== undefined && context.origin !== undefined && origin !== context.origin) return [];
  const block = toThinkingBlock(text, redactedData, signature, context.acceptsUnsigned);
  if (block === undefined) return [];
  context.origins.set(block, { origin, prefix });
  return [block];
}

function toThinkingBlock(
  text: string,
  redactedData: string | undefined,
  signature: string | undefined,
  acceptsUnsigned: boolean,
): WireBlock | undefined {
  if (redactedData !== undefined) return { type: "redacted_thinking", data: redactedData };
  if (signature !== undefined && signature !== "") return { type: "thinking", thinking: text, signature };
  return acceptsUnsigned && text !== "" ? { type: "thinking", thinking: text, signature: "" } : undefined;
}

/** The API wants an object as input. Text that is not JSON goes back as Anthropic documents it. */
function toToolUse(block: ToolUseBlock, id: string): WireBlock {
  const { name, input, inputText } = block;
  return {
    type: "tool_use",
    id,
    name: toWireName(name),
    input: toInput(input, inputText),
    ...readAnthropicData(block)?.members,
  };
}

function toInput(input: ToolUseBlock["input"], inputText: string | undefined): JsonObject {
  if (isJsonObject(input)) return input;
  if (input !== null) return { input };
  return inputText === undefined || inputText.trim() === "" ? {} : { INVALID_JSON: inputText };
}

function isWireBlock(block: JsonObject): block is WireBlock {
  return typeof block["type"] === "string";
}
