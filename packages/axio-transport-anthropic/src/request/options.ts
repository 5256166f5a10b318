import type { JsonObject, OutputFormat, ReasoningOptions, ToolChoice } from "axio";

/** How long the cache keeps a prefix: 5 minutes, or an hour for twice the price of writing. */
export type CacheLifetime = "5m" | "1h";

/** How prompts are cached. */
export interface CacheOptions {
  /** How long tools and system prompt are kept. The conversation is kept for 5 minutes. Default: `"5m"`. */
  readonly lifetime?: CacheLifetime | undefined;
}

/** Whether and how a model thinks. */
export type ThinkingOption =
  /** As the model and the reasoning effort of the request say. */
  | "auto"
  /** As little as the model allows. */
  | "off"
  /** Up to a number of tokens, for models that take one. Others think as with `"auto"`. */
  | { readonly budgetTokens: number };

/** How much of its thinking the model shows: a summary, nothing, or short notes on its progress. */
export type ThinkingDisplay = "summarized" | "omitted" | "updates";

/** The options of a request. */
export interface RequestOptions {
  readonly reasoning?: ReasoningOptions | undefined;
  readonly thinking?: ThinkingOption | undefined;
  /** Default: from `reasoning.summary`, else `"summarized"`. */
  readonly display?: ThinkingDisplay | undefined;
  readonly toolChoice?: ToolChoice | undefined;
  readonly outputFormat?: OutputFormat | undefined;
  /** The longest response, in tokens. Default: 32,000, or what the model allows. */
  readonly maxTokens?: number | undefined;
  /** `false` marks nothing for the cache. Default: on. */
  readonly cache?: CacheOptions | false | undefined;
  /** Values of `anthropic-beta` in addition to those that the request needs. */
  readonly betas?: readonly string[] | undefined;
  /** Further members of the body. */
  readonly parameters?: JsonObject | undefined;
}
