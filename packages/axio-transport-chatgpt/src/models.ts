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
 * The models until the list of the account is known. `fetchModels()` replaces them with that list, which may not be all that
 * the account can use.
 */
export const CHATGPT_MODELS: ModelRegistry = new ModelRegistry([
  model("gpt-6.1-sol", "GPT-6.1 Sol"),
  model("gpt-6-astra", "GPT-6 Astra"),
  model("gpt-5.6-sol", "GPT-5.6 Sol"),
  model("gpt-5.6-terra", "GPT-5.6 Terra"),
  model("gpt-5.6-luna", "GPT-5.6 Luna"),
  model("gpt-5.5", "GPT-5.5"),
]);
