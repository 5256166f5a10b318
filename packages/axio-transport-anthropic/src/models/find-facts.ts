import { isJsonObject, type ModelSpec } from "axio";
import { KNOWN_MODELS } from "./known-models.ts";
import { type ModelFacts, type ThinkingType, UNKNOWN_MODEL } from "./model-facts.ts";

/** Ids with a date, an alias, or the version of a cloud: `claude-opus-4-5-20251101`, `…-latest`, `…@20251101`. */
const SUFFIX = /^(?:-\d{8}|-latest|@.*)?$/;

/** Returns the known facts of a model, or `undefined`. Prefixes of gateways such as `anthropic/` are ignored. */
export function knownFacts(id: string): ModelFacts | undefined {
  const bare = id.slice(id.lastIndexOf("/") + 1);
  for (const [name, facts] of KNOWN_MODELS) {
    if (bare.startsWith(name) && SUFFIX.test(bare.slice(name.length))) return facts;
  }
  return undefined;
}

/** Returns the facts of a model: those of the table, with what the provider's list states instead. */
export function factsOf(model: ModelSpec): ModelFacts {
  const known = knownFacts(model.id) ?? UNKNOWN_MODEL;
  const listed = isJsonObject(model.providerData) ? model.providerData : {};
  const thinking = listed["thinking"];
  const structuredOutput = listed["structuredOutput"];
  return {
    ...known,
    contextWindow: model.contextWindow ?? known.contextWindow,
    maxOutputTokens: model.maxOutputTokens ?? known.maxOutputTokens,
    efforts: model.efforts ?? known.efforts,
    thinking: Array.isArray(thinking) ? mergeThinking(known.thinking, thinking) : known.thinking,
    structuredOutput: typeof structuredOutput === "boolean" ? structuredOutput : known.structuredOutput,
  };
}

/** The list names `adaptive` and `enabled` only; the others are known from the table. */
function mergeThinking(
  known: readonly ThinkingType[] | undefined,
  listed: readonly unknown[],
): readonly ThinkingType[] {
  const others = (known ?? []).filter((type) => type === "disabled" || type === "between_tools");
  const stated = (["adaptive", "enabled"] as const).filter((type) => listed.includes(type));
  return [...stated, ...others];
}
