import { AxioError, type ToolChoice } from "axio";
import type { ModelFacts, ThinkingType } from "../models/model-facts.ts";
import type { WireBlock } from "../provider-data.ts";
import type { RequestOptions } from "./options.ts";

/** The input of {@link decideThinking}. */
export interface ThinkingRequest {
  readonly model: string;
  readonly facts: ModelFacts;
  readonly options: RequestOptions;
  /** Whether the host is Anthropic's own. Other servers think only if they are asked to. */
  readonly isAnthropic: boolean;
  readonly maxTokens: number;
  /** Whether the newest step that called tools begins with its thinking. The older mode demands it. */
  readonly hasThinkingToContinue: boolean;
}

/** The members of a request that concern thinking, and what could not be done as asked. */
export interface ThinkingDecision {
  readonly thinking?: WireBlock | undefined;
  readonly effort?: string | undefined;
  readonly toolChoice: ToolChoice;
  readonly warnings: readonly AxioError[];
}

const EFFORTS: readonly string[] = ["low", "medium", "high", "xhigh", "max"];
const BUDGETS: Readonly<Record<string, number>> = {
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 31_999,
};
const MIN_BUDGET = 1_024;

/** Decides by the facts of a model which thinking, which effort and which tool choice a request can have. */
export function decideThinking(request: ThinkingRequest): ThinkingDecision {
  const { model, facts, options } = request;
  const { toolChoice = "auto" } = options;
  const warnings: AxioError[] = [];
  const warn = (parameter: string, message: string): void => {
    warnings.push(new AxioError("unsupported-parameter", message, { details: { parameter } }));
  };
  const asked = options.reasoning?.effort;
  const isOff = asked === "none" || options.thinking === "off";
  const isForced = toolChoice === "required" || typeof toolChoice === "object";
  let type = isOff ? offType(facts) : onType(request);
  let effort = asked === "none" ? undefined : fitEffort(asked, facts);
  if (effort !== asked && asked !== undefined && asked !== "none" && !isBudget(type, facts)) {
    const instead = effort === undefined ? "It is left out" : `${JSON.stringify(effort)} is sent instead`;
    warn(
      "reasoning.effort",
      `The model ${model} has no reasoning effort ${JSON.stringify(asked)}. ${instead}.`,
    );
  }
  if (isOff && type === "adaptive") {
    effort = facts.efforts?.[0];
    warn(
      "reasoning.effort",
      `The model ${model} always reasons. It is asked for the least: ${effort ?? "its own"}.`,
    );
  }
  let choice = toolChoice;
  const isPossible =
    facts.forcedToolChoice === "always" ||
    (facts.forcedToolChoice === "without-thinking" && !thinks(type, facts));
  if (isForced && !isPossible) {
    const canStop = facts.forcedToolChoice === "without-thinking" && canDisable(facts);
    if (canStop) type = "disabled";
    else {
      choice = "auto";
      warn(
        "toolChoice",
        `The model ${model} cannot be made to call a tool. The tools are offered without a choice; say in the prompt which one to call.`,
      );
    }
  }
  if (type === "disabled" && facts.disabledUpTo !== undefined && isAbove(effort, facts.disabledUpTo)) {
    warn(
      "reasoning.effort",
      `The model ${model} must reason at the effort ${JSON.stringify(effort)}. ${JSON.stringify(facts.disabledUpTo)} is sent instead.`,
    );
    effort = facts.disabledUpTo;
  }
  const thinking = toThinking(type, asked, request);
  return {
    thinking,
    effort: type === "enabled" && facts.efforts?.length === 0 ? undefined : effort,
    toolChoice: choice,
    warnings,
  };
}

/** Whether a model reasons in a request, if it has the reasoning of earlier steps. */
export function thinksWith(
  request: Pick<ThinkingRequest, "model" | "facts" | "options" | "isAnthropic">,
): boolean {
  const maxTokens = Number.POSITIVE_INFINITY;
  const { thinking } = decideThinking({ ...request, maxTokens, hasThinkingToContinue: true });
  return thinking !== undefined && thinking["type"] !== "disabled";
}

/** The type for a model that is to reason as little as possible. */
function offType({ thinking, thinksByDefault }: ModelFacts): ThinkingType | undefined {
  if (thinking === undefined || !thinksByDefault) return undefined;
  return (["disabled", "between_tools", "adaptive"] as const).find((type) => thinking.includes(type));
}

function onType({ facts, options, isAnthropic }: ThinkingRequest): ThinkingType | undefined {
  const { thinking: types } = facts;
  const wantsBudget = typeof options.thinking === "object";
  const isAsked = options.reasoning?.effort !== undefined || options.thinking !== undefined;
  if (!isAnthropic) return isAsked ? "enabled" : undefined;
  // What an unknown model takes is learned from its refusals.
  if (types === undefined) return wantsBudget ? "enabled" : undefined;
  if (wantsBudget && types.includes("enabled")) return "enabled";
  if (types.includes("adaptive")) return "adaptive";
  return types.includes("enabled") && isAsked ? "enabled" : undefined;
}

/** Returns the effort that a model has: the same, or the next lower one, or the lowest. */
function fitEffort(effort: string | undefined, { efforts }: ModelFacts): string | undefined {
  if (effort === undefined || efforts === undefined || efforts.includes(effort)) return effort;
  const rank = EFFORTS.indexOf(effort);
  const lower = efforts.filter((each) => EFFORTS.indexOf(each) <= rank);
  return lower.at(-1) ?? efforts[0];
}

function isAbove(effort: string | undefined, limit: string): boolean {
  return effort !== undefined && EFFORTS.indexOf(effort) > EFFORTS.indexOf(limit);
}

/** Whether the effort becomes a number of tokens. */
function isBudget(type: ThinkingType | undefined, { efforts }: ModelFacts): boolean {
  return type === "enabled" && (efforts === undefined || efforts.length === 0);
}

function thinks(type: ThinkingType | undefined, { thinksByDefault }: ModelFacts): boolean {
  return type === undefined ? thinksByDefault : type !== "disabled";
}

function canDisable({ thinking, thinksByDefault }: ModelFacts): boolean {
  return !thinksByDefault || thinking?.includes("disabled") === true;
}

function toThinking(
  type: ThinkingType | undefined,
  effort: string | undefined,
  { options, maxTokens, hasThinkingToContinue, facts }: ThinkingRequest,
): WireBlock | undefined {
  switch (type) {
    case undefined:
      return undefined;
    case "disabled":
      // A model that does not think by default need not be told.
      return facts.thinksByDefault ? { type } : undefined;
    case "between_tools":
      return { type };
    case "adaptive":
      return { type, display: displayOf(options) };
    case "enabled": {
      const wanted = typeof options.thinking === "object" ? options.thinking.budgetTokens : undefined;
      const budget = Math.min(wanted ?? BUDGETS[effort ?? "medium"] ?? MIN_BUDGET, maxTokens - 1);
      if (budget < MIN_BUDGET || !hasThinkingToContinue) return undefined;
      return { type, budget_tokens: budget };
    }
  }
}

function displayOf({ display, reasoning }: RequestOptions): string {
  return display ?? (reasoning?.summary === "none" ? "omitted" : "summarized");
}
