import type { RetryEvent } from "axio";

/**
 * Accepts a retry that takes nothing back.
 *
 * @throws AxioError the error of the failed attempt, if blocks are discarded that the client already has.
 */
export function assertNothingDiscarded({ discardedBlocks, error }: RetryEvent): void {
  if (discardedBlocks.length > 0) throw error;
}
