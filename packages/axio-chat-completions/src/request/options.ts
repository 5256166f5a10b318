import type { GenerationSettings, JsonObject, OutputFormat, ToolChoice } from "axio";

/** How much the model reasons. */
export interface ReasoningOptions {
  /** Switches reasoning on or off. Default: the model's own choice. */
  readonly enabled?: boolean | undefined;
  /** The effort, as the model's provider names it: `"low"`, `"high"`. `"none"` switches reasoning off. */
  readonly effort?: string | undefined;
  /** The budget of reasoning tokens, for servers that take one. */
  readonly maxTokens?: number | undefined;
}

/**
 * Options of one request. What is omitted is not sent. An option that changes the response is refused if the server has no
 * parameter for it; the others are left out then.
 */
export interface RequestOptions extends GenerationSettings {
  readonly reasoning?: ReasoningOptions | undefined;
  /** How long the response is. */
  readonly verbosity?: "low" | "medium" | "high" | undefined;
  /** `"priority"` or `"flex"`, if the server offers it. */
  readonly serviceTier?: string | undefined;
  /** Whether the model may, must or must not call a tool, or which one it must call. Default: `"auto"`. */
  readonly toolChoice?: ToolChoice | undefined;
  /** Whether the model may call several tools at once. Default: the server's own choice. Left out if unknown there. */
  readonly parallelToolCalls?: boolean | undefined;
  /** Holds the response to a JSON Schema. */
  readonly outputFormat?: OutputFormat | undefined;
  /** Names the conversation, so that the server finds its cache again. Left out if unknown there. */
  readonly promptCacheKey?: string | undefined;
  /** How long the server keeps the prompt cache. Left out if unknown there. */
  readonly promptCacheRetention?: "in_memory" | "24h" | undefined;
  /** A stable hash that identifies the end user. Left out if unknown there. */
  readonly safetyIdentifier?: string | undefined;
  /**
   * Further body members, merged over the others: `logit_bias`, `provider`. They are sent as they are. Members that the
   * request itself sets are refused.
   */
  readonly extraBody?: JsonObject | undefined;
}
