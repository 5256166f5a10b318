import { AxioError, type StreamRequest, type ToolDefinition } from "axio";
import type { ChatGPTTransportOptions } from "../options.ts";

/** The types of items that the API accepts in `input` on a ChatGPT plan. */
export const ITEM_TYPES: ReadonlySet<string> = new Set([
  "compaction",
  "compaction_summary",
  "context_compaction",
  "custom_tool_call",
  "custom_tool_call_output",
  "function_call",
  "function_call_output",
  "message",
  "reasoning",
  "web_search_call",
]);

/** Drops the tools from requests that the API does not run on a ChatGPT plan. */
export class PlanRequests {
  readonly #options: Pick<ChatGPTTransportOptions, "strict" | "onWarning">;
  readonly #reported = new Set<string>();

  constructor(options: Pick<ChatGPTTransportOptions, "strict" | "onWarning">) {
    this.#options = options;
  }

  /** @throws AxioError `unsupported-parameter` with `strict`, for a tool that the API does not run. */
  adapt(request: StreamRequest): StreamRequest {
    const { tools } = request;
    for (const tool of tools) if (!isOffered(tool)) this.#report(tool);
    return tools.every(isOffered) ? request : { ...request, tools: tools.filter(isOffered) };
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
