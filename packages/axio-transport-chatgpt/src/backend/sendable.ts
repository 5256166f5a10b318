import { type Block, isJsonObject, type Message, type StreamRequest, type ToolDefinition } from "axio";
import { RESPONSES_KEY } from "axio-responses";

/** Items of other routes that the API refuses on a ChatGPT plan. */
const REFUSED_ITEMS: ReadonlySet<unknown> = new Set([
  "agent_message",
  "code_interpreter_call",
  "compaction_trigger",
  "computer_call",
  "configuration_update",
  "file_search_call",
  "image_generation_call",
  "item_reference",
  "local_shell_call",
  "mcp_call",
  "tool_search_call",
  "tool_search_output",
]);

/** Whether the API runs this tool for a ChatGPT plan: of those that a server runs, it has web search alone. */
export function isOffered({ hosted }: ToolDefinition): boolean {
  return hosted === undefined || hosted.type === "web-search";
}

/**
 * A request without what the API refuses: tools that it does not run, and items that a history brings from other routes.
 * A picture that was made elsewhere goes out as the user's.
 */
export function sendable(request: StreamRequest): StreamRequest {
  const { tools, messages } = request;
  return {
    ...request,
    tools: tools.every(isOffered) ? tools : tools.filter(isOffered),
    messages: messages.some(({ content }) => content.some(isRefused)) ? messages.flatMap(cleaned) : messages,
  };
}

function cleaned(message: Message): readonly Message[] {
  const content = message.content.flatMap((block) => (isRefused(block) ? withoutItem(block) : [block]));
  return content.length === 0 ? [] : [{ ...message, content }];
}

function isRefused({ providerData }: Block): boolean {
  const item = providerData?.[RESPONSES_KEY]?.["item"];
  return isJsonObject(item) && REFUSED_ITEMS.has(item["type"]);
}

/** What the block says by itself; nothing where the item was all there is to it. */
function withoutItem(block: Block): readonly Block[] {
  if (block.type === "opaque" || block.type === "hosted-tool" || block.type === "reasoning") return [];
  const { providerData: _, ...rest } = block;
  return [rest];
}
