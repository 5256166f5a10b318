/** The place of an item: its response and its position in it. */
export interface ItemPlace {
  /** 12 hex digits and 8 decimal digits, unique to the response. */
  readonly seed: string;
  readonly index: number;
  /** The index of the reasoning item before it in the same response. */
  readonly reasoningIndex?: number | undefined;
}

/** The id of an item. After reasoning, it includes the index of that reasoning. */
export function itemId(prefix: string, { seed, index, reasoningIndex }: ItemPlace): string {
  const suffix = reasoningIndex === undefined ? "" : `r${padded(reasoningIndex)}`;
  return `${prefix}_${seed}${padded(index)}${suffix}`;
}

/** The id of the reasoning that precedes an item, or `undefined` if there is none. */
export function reasoningIdOf(id: string): string | undefined {
  const [, seed, index] = /^[a-z]+_([0-9a-f]{12}\d{8})\d{4}r(\d{4})$/.exec(id) ?? [];
  return seed === undefined ? undefined : `rs_${seed}${index}`;
}

function padded(index: number): string {
  return String(index).padStart(4, "0");
}
