import {
  AxioError,
  type Block,
  isJsonObject,
  type Message,
  type StreamRequest,
  type ToolDefinition,
} from "axio";
import { RESPONSES_KEY } from "axio-responses";
import type { ChatGPTTransportOptions } from "../options.ts";

/** Items of other routes that the API rejects on a ChatGPT plan. */
const REJECTED_ITEMS: ReadonlySet<unknown> = new Set([
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

/** Drops from requests what the API rejects on a ChatGPT plan: tools that it does not run, and items of other routes. */
export class PlanRequests {
  readonly #options: Pick<ChatGPTTransportOptions, "strict" | "onWarning">;
  readonly #reported = new Set<string>();

  constructor(options: Pick<ChatGPTTransportOptions, "strict" | "onWarning">) {
    this.#options = options;
  }

  /** @throws AxioError `unsupported-parameter` with `strict`, for a tool that the API does not run. */
  adapt(request: StreamRequest): StreamRequest {
    const { tools, messages } = request;
    for (const tool of tools) if (!isOffered(tool)) this.#report(tool);
    return {
      ...request,
      tools: tools.every(isOffered) ? tools : tools.filter(isOffered),
      messages: messages.some(({ content }) => content.some(isRejected))
        ? messages.flatMap(cleanMessage)
        : messages,
    };
  }

  #report({ name }: ToolDefinition): void {
    const warning = new AxioError(
      "unsupported-parameter",
      `The tool ${JSON.stringify(name)} is not offered to the model: on a ChatGPT plan, the API does not run it. Omit it.`,
      { details: { parameter: "tools" } },
    );
    if (this.#options.strict === true) throw warning;
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#options.onWarning?.(warning);
  }
}

/** Of the hosted tools, the API runs only web search. */
function isOffered({ hosted }: ToolDefinition): boolean {
  return hosted === undefined || hosted.type === "web-search";
}

function cleanMessage(message: Message): readonly Message[] {
  const content = message.content.flatMap((block) => (isRejected(block) ? withoutItem(block) : [block]));
  return content.length === 0 ? [] : [{ ...message, content }];
}

function isRejected({ providerData }: Block): boolean {
  const item = providerData?.[RESPONSES_KEY]?.["item"];
  return isJsonObject(item) && REJECTED_ITEMS.has(item["type"]);
}

/** Returns the block without its item; nothing if the block is nothing but the item. An image becomes the user's. */
function withoutItem(block: Block): readonly Block[] {
  if (block.type === "opaque" || block.type === "hosted-tool" || block.type === "reasoning") return [];
  const { providerData: _, ...rest } = block;
  return [rest];
}
