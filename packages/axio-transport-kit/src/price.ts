import { costOf, type ModelSpec, type TransportEvent } from "axio";

/**
 * Adds the price of a response to its last event, if the prices of the model are known and the service did not state one.
 *
 * @param out The newest events. The last one is replaced if it ends the response.
 */
export function addPrice(out: TransportEvent[], { cost }: Pick<ModelSpec, "cost">): void {
  const last = out.at(-1);
  if (cost === undefined || last?.type !== "step-end" || last.usage.costUsd !== undefined) return;
  const { usage } = last;
  if (usage.inputTokens + usage.outputTokens === 0) return;
  out[out.length - 1] = { ...last, usage: { ...usage, costUsd: costOf(usage, cost) } };
}
