import {
  AxioError,
  type Capability,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ModelRegistry,
  type ModelSpec,
} from "axio";
import { optional, readNumber, readString } from "./json-members.ts";

/** What `/models` answered, read. */
export interface ModelCatalogue {
  /** The models that are offered, the account's default first. */
  readonly models: ModelRegistry;
  /** The entries that could not be read. */
  readonly skipped: number;
}

/** Which of a list comes first: the lowest `priority`, or what is named first. */
export type ModelOrder = "priority" | "listed";

/** What every model of the list can do, as far as is known. */
const KNOWN_CAPABILITIES: readonly Capability[] = ["text", "tool-use"];

/**
 * Reads the account's models. Hidden ones are left out; an entry without a name is skipped and counted, whatever else
 * it holds: one bad entry does not cost the others.
 */
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
    `${count} of the account's models could not be read and ${count === 1 ? "was" : "were"} left out. A newer version of axio may know them.`,
  );
}

/** The same error, naming the models that the account has. */
export function namingModels(error: AxioError, models: ModelRegistry): AxioError {
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
  const capabilities: Capability[] = [...KNOWN_CAPABILITIES];
  if (modalities.includes("image")) capabilities.push("vision");
  if (modalities.includes("audio")) capabilities.push("audio-input");
  if (efforts.length > 0) capabilities.push("reasoning");
  const displayName = readString(entry, "display_name");
  const description = readString(entry, "description");
  const contextWindow = readNumber(entry, "context_window");
  const maxContextWindow = readNumber(entry, "max_context_window");
  const defaultEffort = readString(entry, "default_reasoning_level");
  return {
    id,
    capabilities,
    ...optional("displayName", displayName),
    ...optional("description", description),
    ...optional("contextWindow", contextWindow),
    ...optional("maxContextWindow", maxContextWindow),
    ...(modalities.length === 0 ? {} : { inputModalities: modalities }),
    ...(tiers.length === 0 ? {} : { serviceTiers: tiers }),
    ...(efforts.length === 0 ? {} : { efforts }),
    ...optional("defaultEffort", defaultEffort),
    providerData: entry,
  };
}

/** Efforts come as objects, and elsewhere as plain names. */
function readEfforts(levels: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(levels)) return [];
  return levels.flatMap((level: JsonValue) => {
    const effort = isJsonObject(level) ? level["effort"] : level;
    return typeof effort === "string" && effort !== "" ? [effort] : [];
  });
}

/** Tiers come as objects, in older lists as plain names under another member. */
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
