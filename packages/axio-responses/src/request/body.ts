import { AxioError, type Message, type ToolDefinition } from "axio";
import { convertMessages } from "./convert-messages.ts";
import type { InputItem } from "./input-items.ts";
import type { RequestOptions } from "./options.ts";
import { type TextFormatParam, toTextFormat } from "./output-format.ts";
import { type ToolChoiceParam, type ToolParam, toToolChoice, toToolParam } from "./tools.ts";

/** The instructions of a request that has none of its own: the ChatGPT backend refuses a request without. */
export const DEFAULT_INSTRUCTIONS = "You are a helpful assistant.";

/** What an answer may hold besides the usual. */
export type IncludeParam = "reasoning.encrypted_content" | "web_search_call.action.sources";

/** The body of `POST /responses`. A member that is not asked for is absent, never `undefined`. */
export type RequestBody = {
  model: string;
  instructions: string;
  tools: ToolParam[];
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

/** What a request is made of. */
export interface RequestInput {
  readonly model: string;
  /** The system prompt. Where it is empty, and no message holds one, {@link DEFAULT_INSTRUCTIONS} goes out. */
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly options?: RequestOptions | undefined;
}

/**
 * Makes the body of a streaming request that leaves nothing on the server.
 *
 * `system` messages are lifted into the instructions, since the ChatGPT backend refuses them in `input`. The members stand
 * in one order, `input` last, so that each request of a conversation begins with the bytes of the one before it.
 *
 * @throws AxioError `unsupported-content` where a picture is of a type that the API does not take; `invalid-argument` for
 *   two tools of one name.
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
}: RequestInput): RequestBody {
  assertDistinctNames(tools);
  const { instructions, input } = convertMessages(messages);
  const reasoning = toReasoning(options);
  const text = toText(options);
  return {
    model,
    instructions:
      [system, ...instructions].filter((part) => part.trim() !== "").join("\n\n") || DEFAULT_INSTRUCTIONS,
    tools: tools.map(toToolParam),
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
  };
}

function toInclude(tools: readonly ToolDefinition[]): IncludeParam[] {
  const wantsSources = tools.some(({ hosted }) => hosted?.type === "web-search" && hosted.sources === true);
  return [
    "reasoning.encrypted_content",
    ...(wantsSources ? ["web_search_call.action.sources" as const] : []),
  ];
}

/** The Agent refuses them too; a gateway has no agent, and the API's own words do not say which. */
function assertDistinctNames(tools: readonly ToolDefinition[]): void {
  const names = tools.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new AxioError(
    "invalid-argument",
    `Two tools are named ${JSON.stringify(twice)}. Give each its own name.`,
  );
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
