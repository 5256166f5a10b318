import { isJsonObject, type JsonObject, type Usage } from "axio";

/** The token counts of a response. */
export interface CountedUsage {
  readonly usage: Usage;
  /** The tokens of the conversation, if the response took several requests of the provider's own. */
  readonly contextTokens?: number | undefined;
}

/** Takes over the counts that an event states. They are totals so far: the last one counts, and `null` says nothing. */
export function mergeUsage(counts: JsonObject, stated: unknown): JsonObject {
  if (!isJsonObject(stated)) return counts;
  return { ...counts, ...Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== null)) };
}

/**
 * Reads the counts of a response. `input_tokens` leaves out what was read from the cache or written to it. If the provider
 * compacted the conversation or asked another model in between, only its list of iterations counts everything.
 */
export function readUsage(counts: JsonObject): CountedUsage {
  const all = counts["iterations"];
  const iterations = Array.isArray(all) ? all.filter(isJsonObject) : [];
  const isComplete = iterations.every(({ type }) => type === "message");
  const last = iterations.findLast(({ type }) => type === "message" || type === "fallback_message");
  const usage = isComplete ? countsOf(counts) : sum(iterations.map(countsOf));
  const context = last === undefined ? undefined : sizeOf(countsOf(last));
  return {
    usage: { ...usage, reasoningTokens: Math.min(reasoningIn(counts), usage.outputTokens) },
    ...(context === undefined || context === sizeOf(usage) ? {} : { contextTokens: context }),
  };
}

function countsOf(counts: JsonObject): Usage {
  const cachedInputTokens = count(counts["cache_read_input_tokens"]);
  const cacheWriteTokens = count(counts["cache_creation_input_tokens"]);
  const inputTokens = count(counts["input_tokens"]) + cachedInputTokens + cacheWriteTokens;
  const outputTokens = count(counts["output_tokens"]);
  return { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens: 0 };
}

function sum(usages: readonly Usage[]): Usage {
  const total = (name: keyof Usage): number => usages.reduce((all, usage) => all + (usage[name] ?? 0), 0);
  return {
    inputTokens: total("inputTokens"),
    cachedInputTokens: total("cachedInputTokens"),
    cacheWriteTokens: total("cacheWriteTokens"),
    outputTokens: total("outputTokens"),
    reasoningTokens: 0,
  };
}

function sizeOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens;
}

function reasoningIn({ output_tokens_details: details }: JsonObject): number {
  return isJsonObject(details) ? count(details["thinking_tokens"]) : 0;
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(0, value) : 0;
}
