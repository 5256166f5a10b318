import type { ModelCost } from "axio";

/** A value of `thinking.type`. */
export type ThinkingType = "adaptive" | "enabled" | "disabled" | "between_tools";

/** A change of price with the size of the prompt. */
export interface PriceStep {
  /** The step holds for prompts of more tokens than this. */
  readonly above: number;
  readonly cost: ModelCost;
}

/** The facts of a model that matter to requests. */
export interface ModelFacts {
  readonly displayName?: string | undefined;
  readonly contextWindow?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly cost?: ModelCost | undefined;
  /** Prices of large prompts, if they differ. */
  readonly costSteps?: readonly PriceStep[] | undefined;
  /** The accepted types of thinking. `undefined` if unknown: then none is sent. */
  readonly thinking?: readonly ThinkingType[] | undefined;
  /** Whether the model thinks if the request does not mention it. */
  readonly thinksByDefault: boolean;
  /** The highest effort at which thinking can be disabled. Default: any. */
  readonly disabledUpTo?: string | undefined;
  /** The accepted values of `output_config.effort`, lowest first. `undefined` if unknown, empty if the model has no effort. */
  readonly efforts?: readonly string[] | undefined;
  readonly defaultEffort?: string | undefined;
  /** Whether the model can be made to call a tool: never, only while it does not think, or always. */
  readonly forcedToolChoice: "never" | "without-thinking" | "always";
  /** Whether `temperature`, `top_p` and `top_k` may differ from their defaults. */
  readonly sampling: boolean;
  /** Whether thinking is only valid after the same system prompt, tools and messages. */
  readonly bindsThinkingToPrefix: boolean;
  /** Whether thinking is only valid for the account that it was made for. */
  readonly bindsThinkingToAccount: boolean;
  /** Whether `system` messages may stand among the others. */
  readonly systemMessages: boolean;
  /** Whether `output_config.format` can enforce a schema. */
  readonly structuredOutput: boolean;
  /** The shortest prefix that is cached, in tokens. */
  readonly minCacheTokens: number;
  /** The most images of one request. */
  readonly maxImages: number;
}

/** The facts of a model that no list holds: sends only what every model accepts. */
export const UNKNOWN_MODEL: ModelFacts = {
  thinksByDefault: false,
  forcedToolChoice: "always",
  sampling: true,
  bindsThinkingToPrefix: false,
  bindsThinkingToAccount: false,
  systemMessages: false,
  structuredOutput: true,
  minCacheTokens: 512,
  maxImages: 600,
};
