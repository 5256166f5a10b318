import { type Capability, ModelRegistry, type ModelSpec } from "axio";

const TEXT: readonly Capability[] = ["text", "tool-use"];
const VISION: readonly Capability[] = ["text", "vision", "tool-use"];
const REASONING: readonly Capability[] = ["text", "reasoning", "tool-use"];
const CODEX: readonly Capability[] = ["text", "vision", "reasoning", "tool-use"];

const UP_TO_XHIGH: readonly string[] = ["low", "medium", "high", "xhigh"];
const UP_TO_MAX: readonly string[] = [...UP_TO_XHIGH, "max"];
const UP_TO_ULTRA: readonly string[] = [...UP_TO_MAX, "ultra"];

function model(
  id: string,
  contextWindow: number,
  maxOutputTokens: number,
  capabilities: readonly Capability[],
): ModelSpec {
  const inputModalities = capabilities.includes("vision") ? ["text", "image"] : ["text"];
  return { id, contextWindow, maxOutputTokens, capabilities, inputModalities };
}

function codexModel(
  id: string,
  displayName: string,
  efforts: readonly string[],
  defaultEffort: string,
): ModelSpec {
  return {
    id,
    displayName,
    contextWindow: 272_000,
    capabilities: CODEX,
    inputModalities: ["text", "image"],
    efforts,
    defaultEffort,
  };
}

/** A model with instructions and tools in the input, as `/models` states. */
function liteModel(
  id: string,
  displayName: string,
  efforts: readonly string[],
  defaultEffort: string,
): ModelSpec {
  return {
    ...codexModel(id, displayName, efforts, defaultEffort),
    providerData: { use_responses_lite: true },
  };
}

/**
 * The models until the list of the account is known. Only the backend knows which of them an account can use: `fetchModels()`
 * replaces them with the list of the account.
 */
export const CODEX_MODELS: ModelRegistry = new ModelRegistry([
  model("gpt-4.1", 1_047_576, 32_768, VISION),
  model("gpt-4.1-mini", 1_047_576, 32_768, VISION),
  model("gpt-4.1-nano", 1_047_576, 32_768, TEXT),
  model("gpt-4o", 128_000, 16_384, VISION),
  model("gpt-4o-mini", 128_000, 16_384, VISION),
  model("o4-mini", 200_000, 100_000, REASONING),
  model("o3", 200_000, 100_000, REASONING),
  model("o3-mini", 200_000, 100_000, REASONING),
  liteModel("gpt-6.1-sol", "GPT-6.1-Sol", UP_TO_ULTRA, "low"),
  liteModel("gpt-6-astra", "GPT-6-Astra", UP_TO_ULTRA, "low"),
  liteModel("gpt-6-sol", "GPT-6-Sol", UP_TO_ULTRA, "low"),
  liteModel("gpt-6-luna", "GPT-6-Luna", UP_TO_MAX, "medium"),
  liteModel("gpt-5.6-sol", "GPT-5.6-Sol", UP_TO_ULTRA, "low"),
  liteModel("gpt-5.6-terra", "GPT-5.6-Terra", UP_TO_ULTRA, "medium"),
  liteModel("gpt-5.6-luna", "GPT-5.6-Luna", UP_TO_MAX, "medium"),
  codexModel("gpt-5.5", "GPT-5.5", UP_TO_XHIGH, "medium"),
  codexModel("gpt-5.2", "GPT-5.2", UP_TO_XHIGH, "medium"),
]);

/** Whether the instructions and tools of a model are in the input. */
export function isLite(model: ModelSpec): boolean {
  return model.providerData?.["use_responses_lite"] === true;
}
