import type { Block, DataSource, Message, StopReason, ToolDefinition, ToolResultBlock } from "axio";

/** A part of a message in the form of the GenAI semantic conventions. */
type Part = Readonly<Record<string, unknown>> & { readonly type: string };

/** The value of `gen_ai.system_instructions`, or `undefined` without a system prompt. */
export function systemInstructions(system: string): string | undefined {
  return system === "" ? undefined : JSON.stringify([{ type: "text", content: system }]);
}

/** The value of `gen_ai.input.messages`. */
export function inputMessages(messages: readonly Message[]): string {
  return JSON.stringify(
    messages.map(({ role, content }) => ({ role: roleOf(role, content), parts: partsOf(content) })),
  );
}

/** The value of `gen_ai.output.messages`: one message with the blocks of a response. */
export function outputMessages(blocks: readonly Block[], stopReason: StopReason | undefined): string {
  return JSON.stringify([
    { role: "assistant", parts: partsOf(blocks), finish_reason: finishReason(stopReason) },
  ]);
}

/** The value of `gen_ai.tool.definitions`, or `undefined` without tools. */
export function toolDefinitions(tools: readonly ToolDefinition[]): string | undefined {
  if (tools.length === 0) return undefined;
  return JSON.stringify(
    tools.map(({ name, description, inputSchema, hosted }) =>
      hosted === undefined
        ? { type: "function", name, description, parameters: inputSchema }
        : { type: hosted.type, name },
    ),
  );
}

/** A stop reason in the terms of the conventions. */
export function finishReason(stopReason: StopReason | undefined): string {
  switch (stopReason) {
    case "end":
      return "stop";
    case "tool-use":
      return "tool_call";
    case "max-output-tokens":
      return "length";
    case "content-filter":
    case "refusal":
      return "content_filter";
    default:
      return "error";
  }
}

/** Messages that hold tool results have a role of their own in the conventions. */
function roleOf(role: Message["role"], content: readonly Block[]): string {
  return content.some(({ type }) => type === "tool-result") ? "tool" : role;
}

function partsOf(blocks: readonly Block[]): readonly Part[] {
  return blocks.map(partOf);
}

function partOf(block: Block): Part {
  switch (block.type) {
    case "text":
      return { type: "text", content: block.text };
    case "reasoning":
      return { type: "reasoning", content: block.text };
    case "tool-use":
      return { type: "tool_call", id: block.id, name: block.name, arguments: block.input };
    case "tool-result":
      return { type: "tool_call_response", id: block.toolCallId, response: responseOf(block) };
    case "image":
    case "file":
      return mediaPart(block.type, block.mediaType, block.source);
    case "hosted-tool":
      return { type: "server_tool_call", name: block.name, arguments: block.input };
    case "opaque":
      return { type: block.kind };
  }
}

function responseOf({ content }: ToolResultBlock): unknown {
  return typeof content === "string" ? content : partsOf(content);
}

function mediaPart(kind: "image" | "file", mediaType: string, source: DataSource): Part {
  const media = { modality: kind === "image" ? "image" : "document", mime_type: mediaType };
  return source.kind === "url" ? { type: "uri", ...media, uri: source.url } : { type: kind, ...media };
}
