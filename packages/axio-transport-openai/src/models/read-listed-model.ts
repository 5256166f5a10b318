import {
  type Capability,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ModelCost,
  type ModelSpec,
} from "axio";
import { UNKNOWN_CAPABILITIES } from "axio-transport-kit";

/** The names under which servers state how much a model can read, the most certain first. */
const WINDOWS = ["context_length", "max_model_len", "context_window", "max_context_length", "context_size"];

/**
 * Reads an entry of a list of models, with what its server says of it. What the server does not say stays open.
 *
 * @returns `undefined` for a model that is not for conversations.
 */
export function readListedModel(id: string, entry: JsonObject): ModelSpec | undefined {
  if (!isForConversations(entry)) return undefined;
  const inputs = inputsOf(entry);
  const output = numberOf(objectOf(entry["top_provider"])["max_completion_tokens"]) ?? outputOf(entry);
  const price = priceOf(objectOf(entry["pricing"]));
  const name = entry["name"] === id ? undefined : (entry["name"] ?? entry["display_name"]);
  const description = entry["description"];
  const contextWindow = windowOf(entry);
  return {
    id,
    capabilities: capabilitiesOf(entry, inputs),
    ...(typeof name === "string" && name !== id ? { displayName: name } : {}),
    ...(typeof description === "string" && description !== "" ? { description: shortened(description) } : {}),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(output === undefined ? {} : { maxOutputTokens: output }),
    ...(inputs === undefined ? {} : { inputModalities: inputs }),
    ...(price === undefined ? {} : { cost: price }),
  };
}

/** The capabilities that a server states. If it states none, anything may be. */
function capabilitiesOf(entry: JsonObject, inputs: readonly string[] | undefined): readonly Capability[] {
  const features = [...namesOf(entry["supported_parameters"]), ...namesOf(entry["supported_features"])];
  const flags = objectOf(entry["capabilities"]);
  const isKnown = features.length > 0 || Object.keys(flags).length > 0 || inputs !== undefined;
  if (!isKnown) return UNKNOWN_CAPABILITIES;
  const has = (...names: readonly string[]): boolean =>
    names.some((name) => features.includes(name) || flags[name] === true);
  const saysOfTools = features.length > 0 || "function_calling" in flags;
  return [
    "text",
    ...(has("tools", "function_calling", "tool_calling") || !saysOfTools ? (["tool-use"] as const) : []),
    ...(inputs?.includes("image") === true || has("vision") ? (["vision"] as const) : []),
    ...(inputs?.includes("audio") === true ? (["audio-input"] as const) : []),
    ...(inputs?.includes("file") === true ? (["file-input"] as const) : []),
    ...(has("reasoning", "include_reasoning", "reasoning_effort") ? (["reasoning"] as const) : []),
    ...(has("structured_outputs", "json_mode", "response_format") ? (["structured-output"] as const) : []),
  ];
}

/** The kinds of input: a list, or `text+image->text`. */
function inputsOf(entry: JsonObject): readonly string[] | undefined {
  const architecture = objectOf(entry["architecture"]);
  const listed = [...namesOf(architecture["input_modalities"]), ...namesOf(entry["input_modalities"])];
  if (listed.length > 0) return listed;
  const modality = architecture["modality"];
  if (typeof modality !== "string" || !modality.includes("->")) return undefined;
  return (modality.split("->")[0] ?? "").split("+").map((name) => name.trim());
}

function isForConversations(entry: JsonObject): boolean {
  const outputs = namesOf(objectOf(entry["architecture"])["output_modalities"]);
  if (outputs.length > 0 && !outputs.includes("text")) return false;
  if (objectOf(entry["capabilities"])["completion_chat"] === false || entry["active"] === false) return false;
  const modality = objectOf(entry["architecture"])["modality"];
  if (typeof modality === "string" && /->(?!.*text)/.test(modality)) return false;
  const kind = entry["type"];
  return typeof kind !== "string" || !/embedding|rerank|image|audio|tts|transcription|moderation/i.test(kind);
}

/** The price of a million tokens. Lists state that of one token, as text; `-1` is not a price. */
function priceOf(pricing: JsonObject): ModelCost | undefined {
  const perMillion = (name: string): number | undefined => {
    const value = pricing[name];
    const price = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof price === "number" && Number.isFinite(price) && price >= 0
      ? Number((price * 1_000_000).toFixed(6))
      : undefined;
  };
  const [input, output] = [perMillion("prompt"), perMillion("completion")];
  if (input === undefined || output === undefined) return undefined;
  const [read, write] = [perMillion("input_cache_read"), perMillion("input_cache_write")];
  return {
    inputPerMillion: input,
    outputPerMillion: output,
    ...(read === undefined ? {} : { cachedInputPerMillion: read }),
    ...(write === undefined ? {} : { cacheWritePerMillion: write }),
  };
}

function windowOf(entry: JsonObject): number | undefined {
  const named = WINDOWS.map((name) => numberOf(entry[name])).find((value) => value !== undefined);
  return named ?? numberOf(objectOf(entry["meta"])["n_ctx_train"]);
}

function outputOf(entry: JsonObject): number | undefined {
  return numberOf(entry["max_output_tokens"] ?? entry["max_completion_tokens"]);
}

const LONGEST_DESCRIPTION = 200;

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= LONGEST_DESCRIPTION ? line : `${line.slice(0, LONGEST_DESCRIPTION)}…`;
}

function namesOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}
