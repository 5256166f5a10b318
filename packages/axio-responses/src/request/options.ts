import type { OutputFormat, ReasoningOptions, ToolChoice } from "axio";

/** The options of a request. An omitted option is not sent. */
export interface RequestOptions {
  /** The effort `"ultra"` is sent as `"max"`. Without a `summary` the model shows no reasoning. */
  readonly reasoning?:
    | (ReasoningOptions & {
        /** Which earlier reasoning the model sees again. Default: the model's own choice; lite models see all. */
        readonly context?: "auto" | "current_turn" | "all_turns" | undefined;
      })
    | undefined;
  /** How long the response is. */
  readonly verbosity?: "low" | "medium" | "high" | undefined;
  /** `"priority"` or `"flex"`, if the model offers it. */
  readonly serviceTier?: string | undefined;
  /** Identifies the conversation, so that the server finds its cache. Up to 64 characters. */
  readonly promptCacheKey?: string | undefined;
  /** Whether the model may, must or must not call a tool, or which one it must call. Default: `"auto"`. */
  readonly toolChoice?: ToolChoice | undefined;
  /** Whether the model may call several tools at once. Default: `true`. */
  readonly parallelToolCalls?: boolean | undefined;
  /** The JSON Schema of the response. */
  readonly outputFormat?: OutputFormat | undefined;
  /** Labels of the request, each up to 2048 characters. Codex only. */
  readonly clientMetadata?: { readonly [key: string]: string } | undefined;
}
