import { type Capability, ModelRegistry, type ModelSpec } from "axio";

const CAPABILITIES: readonly Capability[] = ["text", "vision", "reasoning", "tool-use"];

function model(id: string, displayName: string): ModelSpec {
  return {
    id,
    displayName,
    contextWindow: 272_000,
    capabilities: CAPABILITIES,
    inputModalities: ["text", "image"],
  };
}

/**
 * The models to choose from before the account's own list is known. `fetchModels()` replaces them with what the account
 * has, which need not be all that it can use.
 */
export const CHATGPT_MODELS: ModelRegistry = new ModelRegistry([
  model("gpt-6.1-sol", "GPT-6.1 Sol"),
  model("gpt-6-astra", "GPT-6 Astra"),
  model("gpt-5.6-sol", "GPT-5.6 Sol"),
  model("gpt-5.6-terra", "GPT-5.6 Terra"),
  model("gpt-5.6-luna", "GPT-5.6 Luna"),
  model("gpt-5.5", "GPT-5.5"),
]);
