import type { GenerationSetting, JsonObject } from "axio";
import type { ErrorRule } from "./error-kinds.ts";
import type { ReasoningDialect } from "./reasoning-dialect.ts";

/** A setting of a call that a body member stands for. The limit of output tokens has a member of its own. */
export type ChatSetting = Exclude<GenerationSetting, "maxOutputTokens">;

/** A request parameter that only some servers accept. A dialect lists those that its server accepts. */
export type OptionalParameter =
  | "parallel_tool_calls"
  | "prompt_cache_key"
  | "prompt_cache_retention"
  | "safety_identifier"
  | "service_tier"
  | "verbosity";

/**
 * How one server speaks Chat Completions. Plain data: it survives `JSON.stringify`, so a custom server's dialect can be
 * stored with its settings. {@link DIALECTS} holds the known servers; {@link defineDialect} makes another one.
 */
export interface Dialect {
  /** The server's name in messages. */
  readonly name: string;

  /** The role of the system prompt. `"developer-if-reasoning"`: `developer` for OpenAI's reasoning models, else `system`. */
  readonly systemRole: "system" | "developer-if-reasoning";
  /** `stream_options` of each request, or nothing if the server refuses or does not need them. */
  readonly streamOptions?: JsonObject | undefined;
  /** The name of the limit of output tokens. */
  readonly maxTokensParameter: "max_tokens" | "max_completion_tokens";
  /** The body members of the settings that the server accepts. */
  readonly settings: { readonly [Setting in ChatSetting]?: string | undefined };
  /** The optional parameters that the server accepts. */
  readonly parameters: readonly OptionalParameter[];
  /** Body members of every request. */
  readonly body: JsonObject;
  /** Body members of requests with tools or an output format, in addition to `body`. */
  readonly bodyWithTools: JsonObject;

  /** How the server is told that the model must call some tool. */
  readonly requiredToolChoice: "required" | "any";
  /** Whether `tool_choice` can name a tool. If not, the request offers that tool alone, and a call is required. */
  readonly namedToolChoice: boolean;
  /** Whether `strict` is sent with tools and output formats, for schemas that fit OpenAI's subset. */
  readonly strict: boolean;
  /** How a response is held to a schema. `"json_object"` and `"none"` put the schema into the system prompt. */
  readonly outputFormat: "json_schema" | "json_object" | "none";
  /** JSON Schema keywords that the server refuses. They are left out; `const` becomes `enum`. */
  readonly refusedKeywords: readonly string[];
  /** Whether references within a schema are replaced with what they refer to. */
  readonly inlineReferences: boolean;
  /** Whether a tool name must begin with a letter or `_`. */
  readonly toolNameStartsWithLetter: boolean;
  /** The ids of tool calls that the server accepts for calls that are not its own. */
  readonly toolCallIds: ToolCallIdRule;
  /** Members that the first call of a step must have, for steps of another server. `models` is a regular expression. */
  readonly foreignCalls: readonly { readonly models: string; readonly members: JsonObject }[];
  /** How the server is asked to run its own tools. A hosted tool that is missing here is refused. */
  readonly hostedTools: {
    readonly "web-search"?: "web_search_options" | "web-plugin" | undefined;
    readonly "image-generation"?: "image-modality" | undefined;
  };

  /** Images in user messages: none, only as data, or with a URL as well. */
  readonly images: "none" | "data" | "any";
  /** Whether `detail` is sent with images. */
  readonly imageDetail: boolean;
  /** The media types of files that the server reads. `"*"` stands for all. Text files are sent as text to any server. */
  readonly files: readonly string[];
  /** Whether a file can be given by URL. */
  readonly fileUrls: boolean;
  /** The audio formats that the server reads, for example `"wav"`. */
  readonly audio: readonly string[];
  /** Where images of a tool result go: into its `tool` message, or into a `user` message after all results of the step. */
  readonly toolResultImages: "inline" | "user-message";
  /** Whether `tool` messages carry the tool's name. */
  readonly toolResultName: boolean;
  /** The text of an assistant message to put between `tool` and `user` messages, if the server demands one. */
  readonly assistantAfterToolResult?: string | undefined;
  /** The `content` of an assistant message that only calls tools. */
  readonly emptyContent: null | "";

  /** How reasoning is read, sent back and controlled. */
  readonly reasoning: ReasoningDialect;

  /** The beginnings of model ids whose provider caches only what `cache_control` marks. */
  readonly cacheControlModels: readonly string[];
  /** Whether OpenAI's own rules hold: its model ids tell what a model accepts. */
  readonly openAIModels: boolean;
  /** The length of each window that the rate-limit headers count, by family. */
  readonly rateLimitWindowsMs: { readonly [family: string]: number };
  /** Rules for errors that only this server sends. They come before the common rules. */
  readonly errors: readonly ErrorRule[];
}

/** Which ids of tool calls a server accepts. */
export interface ToolCallIdRule {
  readonly minLength: number;
  readonly maxLength: number;
  /** `"word"`: letters, digits, `_` and `-`. */
  readonly characters: "word" | "alphanumeric";
}

/** The differences from another dialect. */
export interface DialectOptions extends Partial<Omit<Dialect, "reasoning">> {
  readonly reasoning?: Partial<ReasoningDialect> | undefined;
}

/**
 * The dialect of an unknown server: only what every server accepts is sent. Reads everything that any server sends.
 * Tags such as `<think>` at the beginning of a response are read as reasoning.
 */
export const GENERIC_DIALECT: Dialect = {
  name: "The server",
  systemRole: "system",
  streamOptions: { include_usage: true },
  maxTokensParameter: "max_tokens",
  settings: {
    temperature: "temperature",
    topP: "top_p",
    stop: "stop",
    seed: "seed",
    presencePenalty: "presence_penalty",
    frequencyPenalty: "frequency_penalty",
  },
  parameters: [],
  body: {},
  bodyWithTools: {},
  requiredToolChoice: "required",
  namedToolChoice: true,
  strict: false,
  outputFormat: "json_schema",
  refusedKeywords: [],
  inlineReferences: false,
  toolNameStartsWithLetter: false,
  toolCallIds: { minLength: 1, maxLength: 64, characters: "word" },
  foreignCalls: [],
  hostedTools: {},
  images: "any",
  imageDetail: false,
  files: [],
  fileUrls: false,
  audio: [],
  toolResultImages: "user-message",
  toolResultName: false,
  emptyContent: null,
  reasoning: {
    fields: [
      "reasoning_details",
      "thinking_blocks",
      "reasoning",
      "reasoning_content",
      "thinking",
      "thought",
      "thinking_content",
    ],
    tags: true,
    replay: "none",
    replayWithoutTools: true,
    requiredWithCalls: false,
    on: {},
  },
  cacheControlModels: [],
  openAIModels: false,
  rateLimitWindowsMs: {},
  errors: [],
};

/**
 * Makes the dialect of a server from what differs from another one.
 *
 * @param base Default: {@link GENERIC_DIALECT}.
 *
 * @example
 * ```ts
 * import { DIALECTS, defineDialect } from "axio-chat-completions";
 *
 * const dialect = defineDialect({ name: "My server", reasoning: { replay: "reasoning_content" } }, DIALECTS.vllm);
 * ```
 */
export function defineDialect(options: DialectOptions, base: Dialect = GENERIC_DIALECT): Dialect {
  return { ...base, ...options, reasoning: { ...base.reasoning, ...options.reasoning } };
}
