import type { JsonObject } from "axio";

/** How a server shows reasoning, takes it back, and is told how much to reason. */
export interface ReasoningDialect {
  /**
   * The members of a delta that may hold reasoning, best first. If several hold text in one delta, they say the same, and
   * the first one counts.
   */
  readonly fields: readonly string[];
  /** Whether tags such as `<think>` at the beginning of a response enclose reasoning. */
  readonly tags: boolean;

  /**
   * Where an assistant message carries its reasoning back: a member of that name, its `content` as parts, or nowhere.
   * Reasoning goes back only to the origin that it came from.
   */
  readonly replay: "none" | "reasoning_content" | "reasoning_details" | "thinking_blocks" | "content-parts";
  /** Whether reasoning also goes back in requests without tools. */
  readonly replayWithoutTools: boolean;
  /** Whether an assistant message with tool calls must have the member, so that an empty one stands for lost reasoning. */
  readonly requiredWithCalls: boolean;

  /** Where the reasoning effort goes in the body. Without it, an effort is refused. */
  readonly effortPath?: readonly string[] | undefined;
  /** Efforts that the server knows by another name. */
  readonly effortNames?: { readonly [effort: string]: string } | undefined;
  /** Where the budget of reasoning tokens goes in the body. Without it, a budget is refused. */
  readonly budgetPath?: readonly string[] | undefined;
  /** Body members that switch reasoning on. */
  readonly on: JsonObject;
  /** Body members that switch reasoning off. Without them, switching off is refused. */
  readonly off?: JsonObject | undefined;
}
