import { AxioError, type Capability, isJsonObject, type JsonObject, type ModelSpec } from "axio";
import { type RequestJson, UNKNOWN_CAPABILITIES } from "axio-transport-kit";

/** Of how many models the server is asked what they can do. */
const MOST_DESCRIBED = 40;

/** The capabilities of a model, as Ollama calls them. */
const CAPABILITIES: Readonly<Record<string, Capability>> = {
  tools: "tool-use",
  vision: "vision",
  thinking: "reasoning",
};

/**
 * Describes the models of Ollama, which its own API knows more of.
 *
 * @throws AxioError `aborted`.
 */
export async function describeOllamaModels(
  ids: readonly string[],
  request: RequestJson,
): Promise<readonly ModelSpec[]> {
  const described = await Promise.all(ids.slice(0, MOST_DESCRIBED).map((id) => describe(id, request)));
  const specs = described.filter((spec) => spec !== undefined);
  return [...specs, ...ids.slice(MOST_DESCRIBED).map(unknown)];
}

/** Returns `undefined` for a model that has no conversations, such as one for embeddings. */
async function describe(id: string, request: RequestJson): Promise<ModelSpec | undefined> {
  let shown: unknown;
  try {
    shown = await request("../api/show", { model: id });
  } catch (error) {
    // Older versions, and servers that only look like Ollama.
    if (AxioError.is(error, "aborted")) throw error;
    return unknown(id);
  }
  if (!isJsonObject(shown)) return unknown(id);
  const { capabilities: names, model_info: info } = shown;
  if (!Array.isArray(names)) return unknown(id);
  if (!names.includes("completion")) return undefined;
  const contextWindow = isJsonObject(info) ? windowOf(info) : undefined;
  return {
    id,
    capabilities: [
      "text",
      ...names.flatMap((name) => (typeof name === "string" ? (CAPABILITIES[name] ?? []) : [])),
    ],
    inputModalities: names.includes("vision") ? ["text", "image"] : ["text"],
    ...(contextWindow === undefined ? {} : { contextWindow }),
  };
}

function unknown(id: string): ModelSpec {
  return { id, capabilities: UNKNOWN_CAPABILITIES };
}

function windowOf(info: JsonObject): number | undefined {
  const [, value] = Object.entries(info).find(([name]) => name.endsWith(".context_length")) ?? [];
  return typeof value === "number" && value > 0 ? value : undefined;
}
