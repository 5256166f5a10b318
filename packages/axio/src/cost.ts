import type { ModelCost } from "./models.ts";
import type { Usage } from "./usage.ts";

/**
 * Returns the price of a response in US dollars, from the prices of its model.
 *
 * @example
 * ```ts
 * import { costOf } from "axio";
 *
 * const usage = { inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 100, reasoningTokens: 0 };
 * costOf(usage, { inputPerMillion: 2, outputPerMillion: 10 }); // 0.003
 * ```
 */
export function costOf(usage: Usage, cost: ModelCost): number {
  const { inputTokens, cachedInputTokens, cacheWriteTokens = 0, outputTokens } = usage;
  const { inputPerMillion, outputPerMillion, longContext } = cost;
  const { cachedInputPerMillion = inputPerMillion, cacheWritePerMillion = inputPerMillion } = cost;
  const isLong = longContext !== undefined && inputTokens > longContext.aboveTokens;
  const plainTokens = Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens);
  const input =
    plainTokens * inputPerMillion +
    cachedInputTokens * cachedInputPerMillion +
    cacheWriteTokens * cacheWritePerMillion;
  const output = outputTokens * outputPerMillion;
  return (
    (input * (isLong ? longContext.inputFactor : 1) + output * (isLong ? longContext.outputFactor : 1)) /
    1_000_000
  );
}
