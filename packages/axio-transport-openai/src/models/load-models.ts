import { isJsonObject, type JsonObject, ModelRegistry, type ModelSpec } from "axio";
import type { ModelCatalogue, RequestJson } from "axio-transport-kit";
import type { Server } from "../servers/server.ts";
import { describeOllamaModels } from "./ollama-models.ts";
import { compareOpenAIModels, isConversationModel, openAIModel } from "./openai-models.ts";
import { readListedModel } from "./read-listed-model.ts";

/**
 * Requests the models of a server.
 *
 * @throws AxioError as `request`.
 */
export async function loadModels(request: RequestJson, server: Server): Promise<ModelCatalogue> {
  const entries = entriesOf(await request(server.modelsPath ?? "models"));
  const byId = new Map<string, JsonObject>();
  let skipped = 0;
  for (const entry of entries) {
    const id = isJsonObject(entry) ? idOf(entry) : undefined;
    if (id === undefined || !isJsonObject(entry)) skipped += 1;
    else if (!byId.has(id)) byId.set(id, entry);
  }
  return { models: new ModelRegistry(await describeModels(byId, server, request)), skipped };
}

async function describeModels(
  byId: ReadonlyMap<string, JsonObject>,
  server: Server,
  request: RequestJson,
): Promise<readonly ModelSpec[]> {
  switch (server.models) {
    case "openai": {
      const ids = [...byId.keys()].filter((id) => server.id === "azure" || isConversationModel(id));
      return ids.sort(compareOpenAIModels).map(openAIModel);
    }
    case "ollama":
      return describeOllamaModels([...byId.keys()], request);
    case "nebius":
      return readAll(byId).sort(byUse);
    case "openrouter":
    case "generic":
      return readAll(byId);
  }
}

function readAll(byId: ReadonlyMap<string, JsonObject>): ModelSpec[] {
  return [...byId].flatMap(([id, entry]) => readListedModel(id, entry) ?? []);
}

/** The models that use tools first, then the cheapest. The first one is the default. */
function byUse(left: ModelSpec, right: ModelSpec): number {
  const tools = (spec: ModelSpec): number => (spec.capabilities.includes("tool-use") ? 0 : 1);
  const price = ({ cost }: ModelSpec): number =>
    cost === undefined ? Number.MAX_VALUE : cost.inputPerMillion + cost.outputPerMillion;
  return tools(left) - tools(right) || price(left) - price(right);
}

/** Lists are in `data`, in `models`, or the whole body. */
function entriesOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (!isJsonObject(body)) return [];
  const { data, models } = body;
  if (Array.isArray(data)) return data;
  return Array.isArray(models) ? models : [];
}

function idOf({ id, name, model }: JsonObject): string | undefined {
  return [id, name, model].find((text): text is string => typeof text === "string" && text.trim() !== "");
}
