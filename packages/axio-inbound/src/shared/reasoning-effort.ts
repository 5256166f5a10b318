import type { ModelSpec } from "axio";

/** The efforts that any API names, lowest first. */
const LADDER = ["none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra"];

/**
 * Returns the effort of a model that is nearest to the wanted one: that effort, or else the next lower, or else the lowest.
 * An effort of a model whose efforts are unknown is returned as it is.
 */
export function nearestEffort(wanted: string, { efforts }: ModelSpec): string | undefined {
  if (efforts === undefined || efforts.includes(wanted) || wanted === "none") return wanted;
  const height = LADDER.indexOf(wanted);
  if (height < 0) return undefined;
  const lower = efforts.filter((effort) => {
    const place = LADDER.indexOf(effort);
    return place >= 0 && place < height;
  });
  return lower.at(-1) ?? efforts[0];
}
