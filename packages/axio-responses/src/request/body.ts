import { AxioError, type Message, type ToolDefinition } from "axio";
import { assertDistinctNames } from "axio/internal";
import { convertMessages } from "./convert-messages.ts";
import { isName } from "./ids.ts";
import type { InputItem } from "./input-items.ts";
import { type NamespaceToolParam, toNamespace } from "./namespace.ts";
import type { RequestOptions } from "./options.ts";
import { type TextFormatParam, toTextFormat } from "./output-format.ts";
import { fitStrings } from "./strings.ts";
import { type ToolChoiceParam, type ToolParam, toToolChoice, toToolParam } from "./tools.ts";

/** The instructions of a request without instructions: the ChatGPT backend rejects such a request. */
export const DEFAULT_INSTRUCTIONS = "You are a helpful assistant.";

/** Data that a response contains only on request. */
export type IncludeParam = "reasoning.encrypted_content" | "web_search_call.action.sources";

/** The body of `POST /responses`. An unused parameter is absent, never `undefined`. */
export type RequestBody = {
  model: string;
  instructions: string;
  tools: (ToolParam | NamespaceToolParam)[];
  tool_choice: ToolChoiceParam;
  parallel_tool_calls: boolean;
  reasoning?: {
    effort?: string;
    summary?: "auto" | "concise" | "detailed";
    context?: "auto" | "current_turn" | "all_turns";
  };
  store: false;
  stream: true;
  include: IncludeParam[];
  service_tier?: string;
  prompt_cache_key?: string;
  text?: {
    verbosity?: "low" | "medium" | "high";
    format?: TextFormatParam;
  };
  client_metadata?: Record<string, string>;
  input: InputItem[];
};

/** The input of {@link buildRequestBody}. */
export interface RequestInput {
  readonly model: string;
  /** The system prompt. Default if it is empty and no message has one: {@link DEFAULT_INSTRUCTIONS}. */
  readonly system: string;
  /** None only for a warm-up, which prepares a conversation. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly options?: RequestOptions | undefined;
  /** The types of items that the service accepts in `input`. Default: all that the API has. */
  readonly itemTypes?: ReadonlySet<string> | undefined;
}

/** The most tools that the API accepts outside of a namespace. */
const MOST_TOOLS = 128;

/**
 * Builds the body of a streaming request that stores nothing on the server.
 *
 * The service accepts the body, whatever the history contains: what it would reject is fitted, or replaced with a short text.
 * The same history always gives the same bytes. Only the content of the newest user message is rejected instead, because the
 * user can still change it.
 *
 * `system` messages become instructions, since the ChatGPT backend rejects them in `input`. The parameters have a fixed
 * order with `input` last, so that each request of a conversation begins with the bytes of the previous one.
 *
 * @throws AxioError `unsupported-content` for content of the newest user message that the API does not accept;
 *   `invalid-argument` for messages without content, an invalid tool name, and two tools with the same name.
 *
 * @example
 * ```ts
 * import { userMessage } from "axio";
 * import { buildRequestBody } from "axio-responses";
 *
 * const body = buildRequestBody({
 *   model: "gpt-5.5",
 *   system: "You are a coding agent.",
 *   messages: [userMessage("List the files")],
 *   tools: [],
 *   options: { reasoning: { effort: "medium", summary: "auto" } },
 * });
 * ```
 */
export function buildRequestBody({
  model,
  system,
  messages,
  tools,
  options = {},
  itemTypes,
}: RequestInput): RequestBody {
  assertNames(tools);
  const { instructions, input } = convertMessages(messages, itemTypes);
  if (input.length === 0 && messages.length > 0) {
    throw new AxioError(
      "invalid-argument",
      "The prompt and the history are empty. Send a text, an image or a file.",
    );
  }
  const reasoning = toReasoning(options);
  const text = toText(options);
  return fitStrings<RequestBody>({
    model,
    instructions:
      [system, ...instructions].filter((part) => part.trim() !== "").join("\n\n") || DEFAULT_INSTRUCTIONS,
    tools: toTools(tools),
    tool_choice: toToolChoice(options.toolChoice, tools),
    parallel_tool_calls: options.parallelToolCalls ?? true,
    ...(reasoning === undefined ? {} : { reasoning }),
    store: false,
    stream: true,
    include: toInclude(tools),
    ...(options.serviceTier === undefined ? {} : { service_tier: options.serviceTier }),
    ...(options.promptCacheKey === undefined ? {} : { prompt_cache_key: options.promptCacheKey }),
    ...(text === undefined ? {} : { text }),
    ...(options.clientMetadata === undefined ? {} : { client_metadata: { ...options.clientMetadata } }),
    input,
  });
}

/** Above the limit, the tools are in a namespace, which has no limit. */
function toTools(tools: readonly ToolDefinition[]): RequestBody["tools"] {
  const params = tools.map(toToolParam);
  return params.length > MOST_TOOLS ? toNamespace(params) : params;
}

function toInclude(tools: readonly ToolDefinition[]): IncludeParam[] {
  const wantsSources = tools.some(({ hosted }) => hosted?.type === "web-search" && hosted.sources === true);
  return [
    "reasoning.encrypted_content",
    ...(wantsSources ? ["web_search_call.action.sources" as const] : []),
  ];
}

/** The agent checks this too, but a gateway has no agent, and the API does not say which name it is. */
function assertNames(tools: readonly ToolDefinition[]): void {
  const names = tools.map(({ name }) => name);
  const invalid = names.find((name) => !isName(name));
  if (invalid !== undefined) {
    throw new AxioError(
      "invalid-argument",
      `A tool is named ${JSON.stringify(invalid)}. Use 1 to 64 letters, digits, "_" and "-".`,
    );
  }
  assertDistinctNames(tools);
}

function toReasoning({ reasoning }: RequestOptions): RequestBody["reasoning"] {
  const { effort, context } = reasoning ?? {};
  const summary = reasoning?.summary === "none" ? undefined : reasoning?.summary;
  if (effort === undefined && summary === undefined && context === undefined) return undefined;
  return {
    ...(effort === undefined ? {} : { effort: effort === "ultra" ? "max" : effort }),
    ...(summary === undefined ? {} : { summary }),
    ...(context === undefined ? {} : { context }),
  };
}

function toText({ verbosity, outputFormat }: RequestOptions): RequestBody["text"] {
  if (verbosity === undefined && outputFormat === undefined) return undefined;
  return {
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(outputFormat === undefined ? {} : { format: toTextFormat(outputFormat) }),
  };
}
