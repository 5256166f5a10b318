import { type Block, isJsonObject, type JsonObject, type ToolUseBlock } from "axio";
import type { Dialect } from "../dialect/dialect.ts";
import { parseJson } from "../json-members.ts";
import { readChatData } from "../provider-data.ts";
import type { AssistantMessage, ToolCallParam } from "./chat-message.ts";
import type { ToolNames } from "./tool-names.ts";

/** The content of an assistant message. */
export interface AssistantInput {
  readonly blocks: readonly Block[];
  /** The calls, with their ids in this request. */
  readonly calls: readonly { readonly id: string; readonly call: ToolUseBlock }[];
}

/** The facts that hold for all messages of a request. */
export interface MessageContext {
  readonly dialect: Dialect;
  readonly names: ToolNames;
  /** The origin whose data the server can read. */
  readonly origin: string | undefined;
  readonly hasTools: boolean;
  /** Members of the first call of a step that another server made. */
  readonly foreignCall: JsonObject | undefined;
}

/** One step of the model as a message: text, tool calls, and reasoning if the server wants it back. */
export function toAssistantMessage(
  { blocks, calls }: AssistantInput,
  context: MessageContext,
): AssistantMessage {
  const { dialect } = context;
  const texts = blocks.flatMap((block) => (block.type === "text" && block.text !== "" ? [block.text] : []));
  const text = texts.join("\n\n");
  const toolCalls = toToolCalls(calls, context);
  const message: AssistantMessage = {
    role: "assistant",
    content: text === "" ? dialect.emptyContent : text,
    tool_calls: toolCalls.length === 0 ? undefined : toolCalls,
  };
  return withReasoning(message, blocks, context);
}

function toToolCalls(
  calls: AssistantInput["calls"],
  { foreignCall, names, origin }: MessageContext,
): ToolCallParam[] {
  return calls.map(({ id, call }, position) => {
    const data = readChatData(call, origin);
    const standIn = position === 0 ? foreignCall : undefined;
    return {
      ...standIn,
      ...data?.call,
      id,
      type: "function",
      function: { ...data?.function, name: names.toWire(call.name), arguments: toArguments(call) },
    };
  });
}

/** Adds the reasoning of the step in the form that the dialect names. */
function withReasoning(
  message: AssistantMessage,
  blocks: readonly Block[],
  { dialect, origin, hasTools }: MessageContext,
): AssistantMessage {
  const { replay, replayWithoutTools, requiredWithCalls } = dialect.reasoning;
  if (replay === "none" || !(hasTools || replayWithoutTools)) return message;
  const parts = blocks.flatMap((block) => {
    const data = block.type === "reasoning" ? readChatData(block, origin) : undefined;
    return block.type === "reasoning" && data !== undefined ? [{ text: block.text, data }] : [];
  });
  const text = parts.map((part) => part.text).join("\n\n");
  const itemsOf = (member: "details" | "thinkingBlocks") => parts.flatMap(({ data }) => data[member] ?? []);
  switch (replay) {
    case "reasoning_content":
      return text === "" && !(requiredWithCalls && message.tool_calls !== undefined)
        ? message
        : { ...message, reasoning_content: text };
    case "reasoning_details": {
      const details = itemsOf("details");
      if (details.length > 0) return { ...message, reasoning_details: details };
      return text === "" ? message : { ...message, reasoning: text };
    }
    case "thinking_blocks": {
      const items = itemsOf("thinkingBlocks");
      if (items.length > 0) return { ...message, thinking_blocks: items };
      return text === "" ? message : { ...message, reasoning_content: text };
    }
    case "content-parts": {
      if (text === "") return message;
      const thinking = { type: "thinking" as const, thinking: [{ type: "text" as const, text }] };
      const said =
        typeof message.content === "string" && message.content !== "" ? message.content : undefined;
      return {
        ...message,
        content: said === undefined ? [thinking] : [thinking, { type: "text", text: said }],
      };
    }
  }
}

/**
 * The arguments of a call as text: what the model wrote, if that is a JSON object. Servers that render or parse the history
 * refuse everything else, so another value goes out as the member `input`, which is where tools with free text read it.
 */
function toArguments({ input, inputText }: ToolUseBlock): string {
  if (inputText !== undefined && isJsonObject(parseJson(inputText))) return inputText;
  if (isJsonObject(input)) return JSON.stringify(input);
  if (inputText === undefined) return input === null ? "{}" : JSON.stringify({ input });
  return inputText.trim() === "" ? "{}" : JSON.stringify({ input: input ?? inputText });
}
