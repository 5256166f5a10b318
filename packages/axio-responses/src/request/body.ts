import type { JsonObject, Message, ToolDefinition } from "axio";
import { convertMessages } from "./convert-messages.ts";
import type { InputItem } from "./input-items.ts";
import type { RequestOptions, ToolChoice } from "./options.ts";

/** The instructions of a request that has none of its own: the ChatGPT backend refuses a request without. */
export const DEFAULT_INSTRUCTIONS = "You are a helpful assistant.";

/** A function, as the model is told of it. */
export interface FunctionToolParam {
  type: "function";
  name: string;
  description: string;
  strict: boolean;
  parameters: JsonObject;
}

/** A tool, as the model is told of it. */
export type ToolParam = FunctionToolParam;

/** The body of `POST /responses`. A member that is not asked for is absent, never `undefined`. */
export interface RequestBody {
  model: string;
  instructions: string;
  tools: ToolParam[];
  tool_choice: "auto" | "none" | "required" | { type: "function"; name: string };
  parallel_tool_calls: boolean;
  reasoning?: { effort?: string; summary?: "auto" | "concise" | "detailed" };
  store: false;
  stream: true;
  include: ["reasoning.encrypted_content"];
  service_tier?: string;
  prompt_cache_key?: string;
  text?: {
    verbosity?: "low" | "medium" | "high";
    format?: { type: "json_schema"; name: string; strict: boolean; schema: JsonObject };
  };
  client_metadata?: Record<string, string>;
  input: InputItem[];
}

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
 * @throws AxioError `unsupported-content` where a picture is of a type that the API does not take.
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
  const { instructions, input } = convertMessages(messages);
  const reasoning = toReasoning(options);
  const text = toText(options);
  return {
    model,
    instructions:
      [system, ...instructions].filter((part) => part.trim() !== "").join("\n\n") || DEFAULT_INSTRUCTIONS,
    tools: tools.map(toFunctionTool),
    tool_choice: toToolChoice(options.toolChoice),
    parallel_tool_calls: options.parallelToolCalls ?? true,
    ...(reasoning === undefined ? {} : { reasoning }),
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    ...(options.serviceTier === undefined ? {} : { service_tier: options.serviceTier }),
    ...(options.promptCacheKey === undefined ? {} : { prompt_cache_key: options.promptCacheKey }),
    ...(text === undefined ? {} : { text }),
    ...(options.clientMetadata === undefined ? {} : { client_metadata: { ...options.clientMetadata } }),
    input,
  };
}

function toFunctionTool(tool: ToolDefinition): FunctionToolParam {
  const { name, description, strict = false, inputSchema } = tool;
  return { type: "function", name, description, strict, parameters: inputSchema };
}

function toToolChoice(choice: ToolChoice = "auto"): RequestBody["tool_choice"] {
  return typeof choice === "string" ? choice : { type: "function", name: choice.name };
}

function toReasoning({ reasoning }: RequestOptions): RequestBody["reasoning"] {
  const { effort, summary } = reasoning ?? {};
  if (effort === undefined && summary === undefined) return undefined;
  return {
    ...(effort === undefined ? {} : { effort: effort === "ultra" ? "max" : effort }),
    ...(summary === undefined ? {} : { summary }),
  };
}

function toText({ verbosity, outputFormat }: RequestOptions): RequestBody["text"] {
  if (verbosity === undefined && outputFormat === undefined) return undefined;
  return {
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(outputFormat === undefined
      ? {}
      : {
          format: {
            type: "json_schema",
            name: outputFormat.name,
            strict: outputFormat.strict ?? false,
            schema: outputFormat.schema,
          },
        }),
  };
}
