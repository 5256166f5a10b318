import {
  type GenerationSetting,
  isJsonObject,
  type JsonObject,
  type ToolChoice,
  type ToolDefinition,
} from "axio";
import { JSON_INSTRUCTION, toOutputFormat, unknownFormat } from "../responses/read-request.ts";
import { readTools } from "../responses/read-tools.ts";
import type { InboundRequest } from "../shared/inbound-request.ts";
import {
  badRequest,
  objectsOf,
  optionalFlag,
  optionalObject,
  optionalText,
  requiredObjects,
  requiredText,
} from "../shared/members.ts";
import { readSettings, withSettings } from "../shared/settings.ts";
import { type KnownMembers, unsupportedMembers } from "../shared/unsupported.ts";
import { type FindReasoning, readChatMessages } from "./read-messages.ts";

/** A request of the Chat Completions API, converted. */
export interface ChatRequest extends InboundRequest {
  /** Whether the client wants a last chunk with the usage. */
  readonly includesUsage: boolean;
}

/** Options of {@link readChatRequest}. */
export interface ReadChatOptions {
  /** Finds reasoning that preceded a tool call. Default: none is known. */
  readonly findReasoning?: FindReasoning | undefined;
}

/** The members that are settings. Servers beside OpenAI's also have `top_k`. */
const SETTINGS: Readonly<Record<string, GenerationSetting>> = {
  frequency_penalty: "frequencyPenalty",
  max_completion_tokens: "maxOutputTokens",
  max_tokens: "maxOutputTokens",
  presence_penalty: "presencePenalty",
  seed: "seed",
  stop: "stop",
  temperature: "temperature",
  top_k: "topK",
  top_p: "topP",
};

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(SETTINGS),
  "function_call",
  "functions",
  "messages",
  "model",
  "prompt_cache_key",
  "reasoning_effort",
  "response_format",
  "stream",
  "stream_options",
  "tool_choice",
  "tools",
]);

const NOT_SENT = "The setting is not passed on to the model.";

const REASONS: Readonly<Record<string, string>> = {
  audio: "The model writes no audio.",
  logit_bias: NOT_SENT,
  metadata: NOT_SENT,
  modalities: NOT_SENT,
  parallel_tool_calls: NOT_SENT,
  prediction: NOT_SENT,
  prompt_cache_retention: NOT_SENT,
  safety_identifier: NOT_SENT,
  service_tier: NOT_SENT,
  store: "Nothing is stored.",
  top_logprobs: NOT_SENT,
  user: NOT_SENT,
  verbosity: NOT_SENT,
  web_search_options: NOT_SENT,
};

/** Values that ask for what happens anyway. */
const DEFAULTS: ReadonlyMap<string, JsonObject[string]> = new Map<string, JsonObject[string]>([
  ["logprobs", false],
  ["n", 1],
  ["parallel_tool_calls", true],
  ["service_tier", "auto"],
  ["store", false],
  ["verbosity", "medium"],
]);

const MEMBERS: KnownMembers = { known: KNOWN, reasons: REASONS, defaults: DEFAULTS };

/**
 * Converts a request of the Chat Completions API.
 *
 * @throws AxioError `invalid-request` for what is malformed or cannot be served. `details.parameter` names the member.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 * @example
 * ```ts
 * import { readChatRequest } from "axio-inbound";
 *
 * const { request } = readChatRequest({ model: "gpt-5.5", messages: [{ role: "user", content: "Hello" }] });
 * console.log(request.messages[0]?.role); // user
 * ```
 */
export function readChatRequest(body: JsonObject, { findReasoning }: ReadChatOptions = {}): ChatRequest {
  if ((body["n"] ?? 1) !== 1) throw badRequest(`"n" must be 1: one response is created.`, "n");
  if (optionalFlag(body, "logprobs") === true) throw badRequest(`"logprobs" are not available.`, "logprobs");
  const streamOptions = optionalObject(body, "stream_options") ?? {};
  const format = readFormat(optionalObject(body, "response_format") ?? {});
  const effort = optionalText(body, "reasoning_effort");
  const { settings, settingMembers } = readSettings(body, SETTINGS);
  const model = requiredText(body, "model", "model");
  const messages = readChatMessages(body["messages"], findReasoning);
  const { tools, toolChoice } = readChatTools(body);
  return {
    model,
    request: withSettings(
      {
        system: format.instruction ?? "",
        messages,
        tools,
        toolChoice,
        reasoning: effort === undefined ? undefined : { effort },
        outputFormat: format.format,
        conversationId: optionalText(body, "prompt_cache_key"),
      },
      settings,
    ),
    settingMembers,
    effortMember: "reasoning_effort",
    stream: optionalFlag(body, "stream") === true,
    includesUsage: streamOptions["include_usage"] === true,
    unsupported: unsupportedMembers(body, MEMBERS),
  };
}

function readFormat(format: JsonObject): {
  readonly format?: ReturnType<typeof toOutputFormat>;
  readonly instruction?: string;
} {
  switch (format["type"]) {
    case "json_schema": {
      const [schema = {}] = objectsOf([format["json_schema"] ?? null]);
      return { format: toOutputFormat(schema, "response_format.json_schema") };
    }
    case "json_object":
      return { instruction: JSON_INSTRUCTION };
    case undefined:
    case "text":
      return {};
    default:
      throw unknownFormat("response_format.type");
  }
}

/** Converts the tools to the flat form of the Responses API first, which has the same members. */
function readChatTools(body: JsonObject): {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | undefined;
} {
  const choice = flatChoice(body["tool_choice"] ?? body["function_call"]);
  if (body["tools"] === undefined && body["functions"] === undefined) return readTools([], choice);
  const tools = requiredObjects(body["tools"] ?? [], "tools").map((tool): JsonObject => {
    const { type } = tool;
    const [inner] = objectsOf([tool[type === "custom" ? "custom" : "function"] ?? null]);
    if (inner === undefined) return tool;
    if (type !== "custom") return { ...inner, type: "function" };
    const [format] = objectsOf([inner["format"] ?? null]);
    const [grammar = {}] = objectsOf([format?.["grammar"] ?? null]);
    return { ...inner, type, format: { ...format, ...grammar } };
  });
  const functions = requiredObjects(body["functions"] ?? [], "functions").map((inner) => ({
    ...inner,
    type: "function",
  }));
  return readTools([...tools, ...functions], choice);
}

function flatChoice(choice: JsonObject[string] | undefined): JsonObject[string] | undefined {
  if (!isJsonObject(choice)) return choice;
  if (choice["type"] === "allowed_tools") {
    const [allowed = {}] = objectsOf([choice["allowed_tools"] ?? null]);
    const tools = objectsOf(allowed["tools"]).map((tool) => flatChoice(tool) ?? null);
    return { type: "allowed_tools", mode: allowed["mode"] ?? "auto", tools };
  }
  const [inner] = objectsOf([choice["function"] ?? choice["custom"] ?? null]);
  return { type: choice["type"] ?? "function", name: (inner ?? choice)["name"] ?? null };
}
