import {
  AxioError,
  type Capability,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ModelRegistry,
  type ModelSpec,
} from "axio";
import { readNumber, readString } from "axio-http/internal";

/** A list of models as it was read. */
export interface ModelCatalogue {
  /** The models that are listed, the account's default first. */
  readonly models: ModelRegistry;
  /** How many entries could not be read. */
  readonly skipped: number;
}

/** The models of a service: the list that it tells, and what is known without it. */
export interface ServiceModels {
  /**
   * Requests the list. `request` sends a small request to a path, relative to the base URL, and returns its JSON.
   *
   * @throws AxioError as `request`.
   */
  readonly load: (request: RequestJson) => Promise<ModelCatalogue>;
  /** The header in which any response states the current version of the list. Default: none does. */
  readonly etagHeader?: string | undefined;
  /** The models before the list is known. */
  readonly builtIn: ModelRegistry;
  /** The model if the caller names none, provided that the account has it or the list is not available. */
  readonly defaultId: string;
}

/** Sends a small request to a path, relative to the base URL: a GET, or a POST with a body. Returns its JSON. */
export type RequestJson = (path: string, body?: JsonObject) => Promise<unknown>;

/** The order of a list: by the lowest `priority`, or as it is. */
export type ModelOrder = "priority" | "listed";

/** The capabilities of every model of the list. */
const BASE_CAPABILITIES: readonly Capability[] = ["text", "tool-use"];

/** Reads the models of an account as ChatGPT lists them: `{ models: [{ slug, … }] }`. Hidden models are left out. Entries without a name are skipped and counted. */
export function parseModels(body: unknown, order: ModelOrder): ModelCatalogue {
  const entries =
    isJsonObject(body) && Array.isArray(body["models"]) ? (body["models"] as readonly JsonValue[]) : [];
  const byId = new Map<string, { readonly spec: ModelSpec; readonly priority: number }>();
  let skipped = 0;
  for (const entry of entries) {
    const slug = isJsonObject(entry) ? readString(entry, "slug") : undefined;
    if (!isJsonObject(entry) || slug === undefined || byId.has(slug)) {
      skipped += 1;
    } else if ((entry["visibility"] ?? "list") === "list") {
      byId.set(slug, {
        spec: modelSpec(slug, entry),
        priority: order === "listed" ? 0 : (readNumber(entry, "priority") ?? Number.POSITIVE_INFINITY),
      });
    }
  }
  const ordered = [...byId.values()].sort((left, right) => compare(left.priority, right.priority));
  return { models: new ModelRegistry(ordered.map(({ spec }) => spec)), skipped };
}

/** The warning for entries that could not be read. */
export function unreadableModels(count: number): AxioError {
  return new AxioError(
    "protocol",
    `${count} of the account's models could not be read and ${count === 1 ? "was" : "were"} left out. A newer version of axio may support them.`,
  );
}

/** Adds the models that the account has to an error. */
export function nameModels(error: AxioError, models: ModelRegistry): AxioError {
  const ids = models.ids();
  if (ids.length === 0) return error;
  return new AxioError(error.code, `${error.message} The account has: ${ids.join(", ")}.`, {
    cause: error,
    details: { ...error.details, models: ids },
  });
}

function modelSpec(id: string, entry: JsonObject): ModelSpec {
  const efforts = readEfforts(entry["supported_reasoning_levels"]);
  const modalities = readNames(entry["input_modalities"]);
  const tiers = readTiers(entry);
  const capabilities: Capability[] = [...BASE_CAPABILITIES];
  if (modalities.includes("image")) capabilities.push("vision");
  if (modalities.includes("audio")) capabilities.push("audio-input");
  if (efforts.length > 0) capabilities.push("reasoning");
  return {
    id,
    capabilities,
    displayName: readString(entry, "display_name"),
    description: readString(entry, "description"),
    contextWindow: readNumber(entry, "context_window"),
    maxContextWindow: readNumber(entry, "max_context_window"),
    inputModalities: modalities.length === 0 ? undefined : modalities,
    serviceTiers: tiers.length === 0 ? undefined : tiers,
    efforts: efforts.length === 0 ? undefined : efforts,
    defaultEffort: readString(entry, "default_reasoning_level"),
    providerData: entry,
  };
}

/** Efforts are objects, in some lists plain names. */
function readEfforts(levels: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(levels)) return [];
  return levels.flatMap((level: JsonValue) => {
    const effort = isJsonObject(level) ? level["effort"] : level;
    return typeof effort === "string" && effort !== "" ? [effort] : [];
  });
}

/** Tiers are objects, in older lists plain names in another property. */
function readTiers(entry: JsonObject): readonly string[] {
  const tiers = entry["service_tiers"];
  const ids = Array.isArray(tiers)
    ? tiers.flatMap((tier: JsonValue) => (isJsonObject(tier) ? (readString(tier, "id") ?? []) : []))
    : [];
  return ids.length > 0 ? ids : readNames(entry["additional_speed_tiers"]);
}

function readNames(list: JsonValue | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((name): name is string => typeof name === "string") : [];
}

function compare(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
