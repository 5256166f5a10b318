import type { ModelCost } from "axio";
import type { ModelFacts } from "./model-facts.ts";

const K = 1_000;
const M = 1_000_000;
const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

/** @param cachedInput Default: a tenth of the input. @param cacheWrite Default: 1.25 times the input. */
function cost(input: number, output: number, cachedInput = input / 10, cacheWrite = input * 1.25): ModelCost {
  return {
    inputPerMillion: input,
    outputPerMillion: output,
    cachedInputPerMillion: cachedInput,
    cacheWritePerMillion: cacheWrite,
  };
}

/** The models from 5 on, and Opus 4.7 and 4.8. */
const CURRENT: ModelFacts = {
  contextWindow: M,
  maxOutputTokens: 128 * K,
  thinking: ["adaptive"],
  thinksByDefault: true,
  efforts: EFFORTS,
  defaultEffort: "high",
  forcedToolChoice: "without-thinking",
  sampling: false,
  bindsThinkingToPrefix: false,
  bindsThinkingToAccount: false,
  systemMessages: true,
  structuredOutput: true,
  minCacheTokens: 512,
  maxImages: 600,
};

/** The models that bind thinking to what came before it. */
const BOUND: ModelFacts = { ...CURRENT, bindsThinkingToPrefix: true };

const FABLE: ModelFacts = { ...BOUND, forcedToolChoice: "never" };

const OPUS_4_7: ModelFacts = {
  ...CURRENT,
  cost: cost(5, 25),
  thinking: ["adaptive", "enabled", "disabled"],
  thinksByDefault: false,
  systemMessages: false,
  minCacheTokens: 2 * K,
};

/** Opus 4.6 and Sonnet 4.6. */
const V_4_6: ModelFacts = {
  ...OPUS_4_7,
  efforts: ["low", "medium", "high", "max"],
  sampling: true,
  minCacheTokens: 4 * K,
};

/** The models up to 4.5. */
const V_4_5: ModelFacts = {
  ...V_4_6,
  contextWindow: 200 * K,
  maxOutputTokens: 64 * K,
  thinking: ["enabled", "disabled"],
  efforts: [],
  defaultEffort: undefined,
  minCacheTokens: K,
  maxImages: 100,
};

const V_4: ModelFacts = { ...V_4_5, structuredOutput: false };

/** The facts of models, by id without its date. The best models come first; ids before their prefixes. */
export const KNOWN_MODELS: ReadonlyMap<string, ModelFacts> = new Map<string, ModelFacts>([
  ["claude-fable-5-2", { ...FABLE, displayName: "Claude Fable 5.2", cost: cost(8, 40) }],
  ["claude-fable-5-1", { ...FABLE, displayName: "Claude Fable 5.1", cost: cost(10, 50) }],
  [
    "claude-opus-5-5",
    {
      ...BOUND,
      displayName: "Claude Opus 5.5",
      cost: cost(4, 20, 0.2),
      defaultEffort: "medium",
      forcedToolChoice: "never",
    },
  ],
  [
    "claude-sonnet-5-5",
    {
      ...BOUND,
      displayName: "Claude Sonnet 5.5",
      cost: cost(2, 10),
      thinking: ["adaptive", "between_tools"],
      forcedToolChoice: "never",
      bindsThinkingToAccount: true,
    },
  ],
  [
    "claude-haiku-5-5",
    {
      ...BOUND,
      displayName: "Claude Haiku 5.5",
      cost: cost(0.1, 0.5),
      costSteps: [{ above: 100 * K, cost: cost(0.5, 2.5) }],
      thinking: ["adaptive", "disabled"],
      disabledUpTo: "high",
      defaultEffort: "medium",
      forcedToolChoice: "always",
      bindsThinkingToAccount: true,
    },
  ],
  [
    "claude-fable-5",
    { ...CURRENT, displayName: "Claude Fable 5", cost: cost(10, 50), forcedToolChoice: "always" },
  ],
  ["claude-mythos-5-2", { ...FABLE, displayName: "Claude Mythos 5.2" }],
  ["claude-mythos-5-1", { ...FABLE, displayName: "Claude Mythos 5.1" }],
  ["claude-mythos-5", { ...CURRENT, displayName: "Claude Mythos 5" }],
  [
    "claude-opus-5",
    {
      ...CURRENT,
      displayName: "Claude Opus 5",
      cost: cost(5, 25),
      thinking: ["adaptive", "disabled"],
      disabledUpTo: "high",
    },
  ],
  [
    "claude-sonnet-5",
    {
      ...CURRENT,
      displayName: "Claude Sonnet 5",
      cost: cost(2, 10),
      thinking: ["adaptive", "disabled"],
      disabledUpTo: "high",
      systemMessages: false,
      minCacheTokens: K,
    },
  ],
  [
    "claude-opus-4-8",
    { ...OPUS_4_7, displayName: "Claude Opus 4.8", systemMessages: true, minCacheTokens: K },
  ],
  ["claude-opus-4-7", { ...OPUS_4_7, displayName: "Claude Opus 4.7" }],
  ["claude-opus-4-6", { ...V_4_6, displayName: "Claude Opus 4.6" }],
  [
    "claude-sonnet-4-6",
    {
      ...V_4_6,
      displayName: "Claude Sonnet 4.6",
      maxOutputTokens: 64 * K,
      cost: cost(3, 15),
      minCacheTokens: K,
    },
  ],
  [
    "claude-haiku-4-5",
    { ...V_4_5, displayName: "Claude Haiku 4.5", cost: cost(1, 5), minCacheTokens: 4 * K },
  ],
  [
    "claude-opus-4-5",
    {
      ...V_4_5,
      displayName: "Claude Opus 4.5",
      efforts: ["low", "medium", "high"],
      defaultEffort: "high",
      minCacheTokens: 4 * K,
    },
  ],
  ["claude-sonnet-4-5", { ...V_4_5, displayName: "Claude Sonnet 4.5", cost: cost(3, 15) }],
  [
    "claude-opus-4-1",
    { ...V_4, displayName: "Claude Opus 4.1", maxOutputTokens: 32 * K, cost: cost(15, 75) },
  ],
  ["claude-opus-4", { ...V_4, displayName: "Claude Opus 4", maxOutputTokens: 32 * K, cost: cost(15, 75) }],
  ["claude-sonnet-4", { ...V_4, displayName: "Claude Sonnet 4", cost: cost(3, 15) }],
]);
