import type { RuleModel } from "../rules/rule.ts";

/** When a model accepts function tools at `/v1/chat/completions`. */
export type ChatTools =
  | "always"
  /** Unless an effort other than `none` is sent. */
  | "without-effort"
  /** Only with the effort `none`. */
  | "effort-none"
  | "never";

/** One model of a service with API keys. */
export interface KeyedModel extends RuleModel {
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  /** Whether the model reasons, and therefore refuses sampling parameters and `max_tokens`. */
  readonly isReasoning: boolean;
  readonly chatTools: ChatTools;
  /** Whether sampling parameters are accepted with the effort `none`. */
  readonly samplesWithoutReasoning: boolean;
  /** Whether `verbosity` and custom tools are accepted. */
  readonly hasVerbosity: boolean;
  readonly acceptsImages: boolean;
  /** The roles that a message of instructions may have. */
  readonly instructionRoles: readonly string[];
  /** US dollars per million tokens, for servers that tell them. */
  readonly price?: { readonly input: number; readonly output: number };
}

const TIERS = ["flex", "priority", "fast", "scale"];
const ROLES = ["system", "developer"];
const TO_XHIGH = ["none", "low", "medium", "high", "xhigh"];
const TO_MAX = [...TO_XHIGH, "max"];

/** The models of OpenAI's API in autumn 2026, newest first. */
export const OPENAI_MODELS: readonly KeyedModel[] = [
  ...["gpt-6.2-astra", "gpt-6.2-sol", "gpt-6.1-sol", "gpt-6-astra"].map((slug) =>
    reasoningModel(slug, { efforts: TO_MAX.slice(1), chatTools: "never" }),
  ),
  ...["gpt-6.1-terra", "gpt-6-sol", "gpt-6-luna"].map((slug) =>
    reasoningModel(slug, { efforts: TO_MAX, chatTools: "never" }),
  ),
  ...["gpt-5.6", "gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna"].map((slug) =>
    reasoningModel(slug, { efforts: TO_MAX, chatTools: "effort-none", samplesWithoutReasoning: true }),
  ),
  ...["gpt-5.5", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano"].map((slug) =>
    reasoningModel(slug, { efforts: TO_XHIGH, chatTools: "without-effort", samplesWithoutReasoning: true }),
  ),
  ...["gpt-5.2", "gpt-5.1"].map((slug) =>
    reasoningModel(slug, {
      efforts: ["none", "low", "medium", "high"],
      contextWindow: 400_000,
      samplesWithoutReasoning: true,
    }),
  ),
  ...["gpt-5", "gpt-5-mini", "gpt-5-nano"].map((slug) =>
    reasoningModel(slug, { efforts: ["minimal", "low", "medium", "high"], contextWindow: 400_000 }),
  ),
  ...["o3", "o4-mini", "o3-mini"].map((slug) =>
    reasoningModel(slug, {
      efforts: ["low", "medium", "high"],
      contextWindow: 200_000,
      maxOutputTokens: 100_000,
      hasVerbosity: false,
      acceptsImages: slug !== "o3-mini",
    }),
  ),
  reasoningModel("o1-mini", {
    efforts: [],
    contextWindow: 128_000,
    maxOutputTokens: 65_536,
    chatTools: "never",
    hasVerbosity: false,
    acceptsImages: false,
    instructionRoles: [],
  }),
  ...["gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"].map((slug) => plainModel(slug, 1_047_576, 32_768)),
  ...["gpt-4o", "gpt-4o-mini"].map((slug) => plainModel(slug, 128_000, 16_384)),
];

/** A model that reasons. */
function reasoningModel(slug: string, rest: Partial<KeyedModel>): KeyedModel {
  const efforts = rest.efforts ?? [];
  return {
    ...plainModel(slug, 1_050_000, 128_000),
    isReasoning: true,
    hasVerbosity: true,
    ...rest,
    lacksNone: !efforts.includes("none"),
  };
}

/** A model that does not reason. */
export function plainModel(slug: string, contextWindow: number, maxOutputTokens: number): KeyedModel {
  return {
    slug,
    efforts: [],
    lacksNone: true,
    serviceTiers: TIERS,
    contextWindow,
    maxOutputTokens,
    isReasoning: false,
    chatTools: "always",
    samplesWithoutReasoning: false,
    hasVerbosity: false,
    acceptsImages: true,
    instructionRoles: ROLES,
  };
}
