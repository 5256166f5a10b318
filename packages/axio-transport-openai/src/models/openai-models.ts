import { type Capability, type ModelCost, ModelRegistry, type ModelSpec } from "axio";
import { isOpenAIReasoningModel } from "axio-chat-completions";

/** OpenAI's list of models states ids alone. These facts are from the pages of the models, in November 2026. */
interface Facts {
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  readonly efforts?: readonly string[];
  readonly cost?: ModelCost;
  /** Default: text and images. */
  readonly inputModalities?: readonly string[];
}

/** Above this input, a whole request to gpt-5.6 and later costs more. */
const LONG_CONTEXT = { aboveTokens: 272_000, inputFactor: 2, outputFactor: 1.5 };

const TO_MAX = ["low", "medium", "high", "xhigh", "max"];
const FROM_NONE = ["none", ...TO_MAX];
const LARGE = { contextWindow: 1_050_000, maxOutputTokens: 128_000 };

function cost(input: number, output: number, cached?: number, write?: number): ModelCost {
  return {
    inputPerMillion: input,
    outputPerMillion: output,
    ...(cached === undefined ? {} : { cachedInputPerMillion: cached }),
    ...(write === undefined ? {} : { cacheWritePerMillion: write }),
  };
}

function long(prices: ModelCost): ModelCost {
  return { ...prices, longContext: LONG_CONTEXT };
}

/** In the order in which users see them: the newest first. */
const FACTS: Readonly<Record<string, Facts>> = {
  "gpt-6.2-sol": { ...LARGE, efforts: TO_MAX, cost: long(cost(2, 10, 0.1, 2.5)) },
  "gpt-6.2-astra": { ...LARGE, efforts: TO_MAX, cost: long(cost(8, 40)) },
  "gpt-6.1-sol": { ...LARGE, efforts: TO_MAX, cost: long(cost(2, 10, 0.1)) },
  "gpt-6.1-terra": { ...LARGE, efforts: FROM_NONE, cost: long(cost(1, 5)) },
  "gpt-6-sol": { ...LARGE, efforts: FROM_NONE, cost: long(cost(2, 10, 0.2)) },
  "gpt-6-astra": { ...LARGE, efforts: TO_MAX, cost: long(cost(10, 50, 1, 12.5)) },
  "gpt-6-luna": { ...LARGE, efforts: FROM_NONE, cost: long(cost(0.1, 0.5, 0.01, 0.125)) },
  // Its price was lowered: the sources differ, so none is stated.
  "gpt-5.6-sol": { ...LARGE, efforts: FROM_NONE },
  "gpt-5.6": { ...LARGE, efforts: FROM_NONE },
  "gpt-5.6-terra": { ...LARGE, efforts: FROM_NONE },
  "gpt-5.6-luna": { ...LARGE, efforts: FROM_NONE },
  "gpt-5.5": { ...LARGE, efforts: ["none", "low", "medium", "high", "xhigh"] },
  "gpt-5.4": { ...LARGE, efforts: ["none", "low", "medium", "high", "xhigh"] },
  "gpt-5.4-mini": {
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    efforts: ["none", "low", "medium", "high", "xhigh"],
  },
  "gpt-5.4-nano": {
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    efforts: ["none", "low", "medium", "high", "xhigh"],
  },
  "gpt-5.2": { contextWindow: 400_000, maxOutputTokens: 128_000, efforts: ["none", "low", "medium", "high"] },
  "gpt-5.1": { contextWindow: 400_000, maxOutputTokens: 128_000, efforts: ["none", "low", "medium", "high"] },
  "gpt-5": {
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    efforts: ["minimal", "low", "medium", "high"],
    cost: cost(1.25, 10, 0.125),
  },
  "gpt-5-mini": {
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    efforts: ["minimal", "low", "medium", "high"],
  },
  "gpt-5-nano": {
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    efforts: ["minimal", "low", "medium", "high"],
  },
  "gpt-4.1": { contextWindow: 1_047_576, maxOutputTokens: 32_768, cost: cost(2, 8, 0.5) },
  "gpt-4.1-mini": { contextWindow: 1_047_576, maxOutputTokens: 32_768, cost: cost(0.4, 1.6, 0.1) },
  "gpt-4.1-nano": { contextWindow: 1_047_576, maxOutputTokens: 32_768, cost: cost(0.1, 0.4, 0.025) },
  "gpt-4o": { contextWindow: 128_000, maxOutputTokens: 16_384, cost: cost(2.5, 10, 1.25) },
  "gpt-4o-mini": { contextWindow: 128_000, maxOutputTokens: 16_384, cost: cost(0.15, 0.6, 0.075) },
  o3: {
    contextWindow: 200_000,
    maxOutputTokens: 100_000,
    efforts: ["low", "medium", "high"],
    cost: cost(2, 8, 0.5),
  },
  "o4-mini": {
    contextWindow: 200_000,
    maxOutputTokens: 100_000,
    efforts: ["low", "medium", "high"],
    cost: cost(1.1, 4.4, 0.275),
  },
  "o3-mini": {
    contextWindow: 200_000,
    maxOutputTokens: 100_000,
    efforts: ["low", "medium", "high"],
    cost: cost(1.1, 4.4, 0.55),
    inputModalities: ["text"],
  },
};

/** The order of {@link FACTS}. */
const RANKS: ReadonlyMap<string, number> = new Map(Object.keys(FACTS).map((id, rank) => [id, rank]));

/** The models that are known before the list of the account is. */
export const OPENAI_MODELS: ModelRegistry = new ModelRegistry(
  Object.keys(FACTS).map((id) => openAIModel(id)),
);

/** Describes one of OpenAI's models. A dated version is described as its family; of an unknown one, its kind is all. */
export function openAIModel(id: string): ModelSpec {
  const facts = FACTS[familyOf(id)];
  const reasons = isOpenAIReasoningModel(id);
  const modalities = facts?.inputModalities ?? ["text", "image"];
  const capabilities: Capability[] = ["text", "tool-use"];
  if (facts !== undefined && modalities.includes("image")) capabilities.push("vision", "file-input");
  if (reasons) capabilities.push("reasoning");
  if (facts === undefined) return { id, capabilities };
  const { contextWindow, maxOutputTokens, efforts, cost: prices } = facts;
  return {
    id,
    capabilities,
    contextWindow,
    maxOutputTokens,
    inputModalities: modalities,
    ...(efforts === undefined ? {} : { efforts }),
    ...(prices === undefined ? {} : { cost: prices }),
  };
}

/** The family of a dated version (`gpt-5-2025-08-07`), and of a fine-tuned one (`ft:gpt-4.1-mini:acme::id`). */
function familyOf(id: string): string {
  return id.replace(/^ft:([^:]+):.*$/, "$1").replace(/-\d{4}-\d{2}-\d{2}$/, "");
}

/** Models for conversations: by the beginning of their id. */
const FOR_CONVERSATIONS = /^(?:ft:)?(?:gpt-|chatgpt-|o[1-9])/;
/** Models for other purposes. */
const FOR_OTHERS =
  /audio|realtime|tts|transcribe|image|search-api|instruct|embedding|moderation|whisper|dall-e|sora|codex-mini-latest-preview/;

/** Whether a model of OpenAI's list can have a conversation. */
export function isConversationModel(id: string): boolean {
  return FOR_CONVERSATIONS.test(id) && !FOR_OTHERS.test(id);
}

/** Sorts ids: the known families first, the newest before older ones, and a family before its dated versions. */
export function compareOpenAIModels(left: string, right: string): number {
  const rank = (id: string): number => RANKS.get(familyOf(id)) ?? Number.MAX_SAFE_INTEGER;
  return rank(left) - rank(right) || left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}
