import {
  type Capability,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ModelRegistry,
  type ModelSpec,
} from "axio";
import { withoutUndefined } from "axio/internal";
import { readNumber, readString } from "axio-http/internal";
import { type ModelCatalogue, type RequestJson, UNKNOWN_CAPABILITIES } from "axio-transport-kit";
import { knownFacts } from "./find-facts.ts";
import { KNOWN_MODELS } from "./known-models.ts";
import type { ModelFacts } from "./model-facts.ts";

/** The model of requests that name none. */
export const DEFAULT_MODEL = "claude-sonnet-5-5";

/** How many pages of the list are read at most. */
const MAX_PAGES = 10;

/** The models before the list of the account is known. Those with limited access are left out. */
export const ANTHROPIC_MODELS: ModelRegistry = new ModelRegistry(
  [...KNOWN_MODELS]
    .filter(([id]) => !id.includes("mythos") && !/-4(?:-1)?$/.test(id))
    .map(([id, facts]) => modelSpec(id, facts, {})),
);

/** Requests the models of an account, page by page. */
export async function loadModels(request: RequestJson): Promise<ModelCatalogue> {
  const byId = new Map<string, ModelSpec>();
  let skipped = 0;
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = after === undefined ? "" : `&after_id=${encodeURIComponent(after)}`;
    const body = await request(`models?limit=1000${query}`);
    const entries =
      isJsonObject(body) && Array.isArray(body["data"]) ? (body["data"] as readonly JsonValue[]) : [];
    for (const entry of entries) {
      const id = isJsonObject(entry) ? readString(entry, "id") : undefined;
      if (!isJsonObject(entry) || id === undefined) skipped += 1;
      else if (!byId.has(id)) byId.set(id, modelSpec(id, knownFacts(id), entry));
    }
    const last = isJsonObject(body) ? body["last_id"] : undefined;
    if (!isJsonObject(body) || body["has_more"] !== true || typeof last !== "string" || last === after) break;
    after = last;
  }
  return { models: new ModelRegistry(byId.values()), skipped };
}

/** Describes a model: what the list states comes before what is known. */
function modelSpec(id: string, facts: ModelFacts | undefined, entry: JsonObject): ModelSpec {
  const listed = isJsonObject(entry["capabilities"]) ? entry["capabilities"] : undefined;
  const efforts = effortsIn(listed) ?? facts?.efforts;
  const thinking = thinkingIn(listed);
  const sees = supports(listed, "image_input") ?? facts !== undefined;
  const readsFiles = supports(listed, "pdf_input") ?? facts !== undefined;
  const structuredOutput = supports(listed, "structured_outputs");
  const reasons = thinking === undefined ? facts?.thinking !== undefined : thinking.length > 0;
  const isKnown = listed !== undefined || facts !== undefined;
  const capabilities: Capability[] = ["text", "tool-use"];
  if (sees) capabilities.push("vision");
  if (readsFiles) capabilities.push("file-input");
  if (reasons) capabilities.push("reasoning");
  return withoutUndefined({
    id,
    displayName: readString(entry, "display_name") ?? facts?.displayName,
    contextWindow: readNumber(entry, "max_input_tokens") ?? facts?.contextWindow,
    maxOutputTokens: readNumber(entry, "max_tokens") ?? facts?.maxOutputTokens,
    // Everything is sent to a model that neither the list nor the table describes.
    capabilities: isKnown ? capabilities : UNKNOWN_CAPABILITIES,
    efforts: efforts === undefined || efforts.length === 0 ? undefined : efforts,
    defaultEffort: facts?.defaultEffort,
    inputModalities: !isKnown ? undefined : sees ? ["text", "image"] : ["text"],
    cost: facts?.cost,
    providerData:
      thinking === undefined && structuredOutput === undefined
        ? undefined
        : withoutUndefined({ thinking, structuredOutput }),
  });
}

const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

function effortsIn(capabilities: JsonObject | undefined): readonly string[] | undefined {
  const effort = capabilities?.["effort"];
  if (!isJsonObject(effort)) return undefined;
  return effort["supported"] === false ? [] : EFFORTS.filter((level) => supports(effort, level) === true);
}

function thinkingIn(capabilities: JsonObject | undefined): readonly string[] | undefined {
  const thinking = capabilities?.["thinking"];
  if (!isJsonObject(thinking)) return undefined;
  const { types } = thinking;
  if (thinking["supported"] === false || !isJsonObject(types))
    return thinking["supported"] === false ? [] : undefined;
  return (["adaptive", "enabled"] as const).filter((type) => supports(types, type) === true);
}

/** Each capability is `{ supported: boolean }`, or `null` if it is unknown. */
function supports(capabilities: JsonObject | undefined, name: string): boolean | undefined {
  const capability = capabilities?.[name];
  const supported = isJsonObject(capability) ? capability["supported"] : undefined;
  return typeof supported === "boolean" ? supported : undefined;
}
