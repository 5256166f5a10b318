import type { OutputFormat, ReasoningOptions, ToolChoice } from "axio";

/** What may be asked of one request. What is not given is not sent. */
export interface RequestOptions {
  /** The effort `"ultra"` is sent as `"max"`. Without a `summary` the model shows no reasoning. */
  readonly reasoning?:
    | (ReasoningOptions & {
        /** Which earlier reasoning the model sees again. Default: the model's own choice; lite models see all. */
        readonly context?: "auto" | "current_turn" | "all_turns" | undefined;
      })
    | undefined;
  /** How long the answer is. */
  readonly verbosity?: "low" | "medium" | "high" | undefined;
  /** `"priority"` or `"flex"`, where the model offers it. */
  readonly serviceTier?: string | undefined;
  /** Names the conversation, so that the server finds its cache again. Up to 64 characters. */
  readonly promptCacheKey?: string | undefined;
  /** Whether the model may, must or must not call a tool, or which one it must. Default `"auto"`. */
  readonly toolChoice?: ToolChoice | undefined;
  /** Whether the model may ask for several tools at once. Default `true`. */
  readonly parallelToolCalls?: boolean | undefined;
  /** Holds the answer to a JSON Schema. */
  readonly outputFormat?: OutputFormat | undefined;
  /** Codex only: labels that go with the request, each up to 2048 characters. */
  readonly clientMetadata?: { readonly [key: string]: string } | undefined;
}
