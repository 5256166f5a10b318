/** Token counts of a response, or the sum over a run. */
export interface Usage {
  /** The tokens that the model read, including cached ones. */
  readonly inputTokens: number;
  /** The part of `inputTokens` that came from the provider's cache. */
  readonly cachedInputTokens: number;
  /** The part of `inputTokens` that was written to the cache, for a higher price. Absent if the provider does not state it. */
  readonly cacheWriteTokens?: number | undefined;
  /** The tokens that the model wrote, including reasoning. */
  readonly outputTokens: number;
  /** The part of `outputTokens` that was reasoning. */
  readonly reasoningTokens: number;
  /**
   * The price in US dollars: as the provider states it, or computed from the prices of the model. In a sum, that of the responses
   * whose price is known. Absent if none is known.
   */
  readonly costUsd?: number | undefined;
}

/** Zero tokens. */
export const NO_USAGE: Usage = Object.freeze({
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
});

/** Returns the sum of two usages. */
export function addUsage(left: Usage, right: Usage): Usage {
  const written =
    left.cacheWriteTokens === undefined && right.cacheWriteTokens === undefined
      ? {}
      : { cacheWriteTokens: (left.cacheWriteTokens ?? 0) + (right.cacheWriteTokens ?? 0) };
  const cost =
    left.costUsd === undefined && right.costUsd === undefined
      ? {}
      : { costUsd: (left.costUsd ?? 0) + (right.costUsd ?? 0) };
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    ...written,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    ...cost,
  };
}
