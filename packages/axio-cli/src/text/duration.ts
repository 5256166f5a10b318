const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
];

/**
 * Formats a duration with its two largest units.
 *
 * @param seconds Less than one is `"a moment"`.
 *
 * @example
 * ```ts
 * formatDuration(9_000); // "2 h 30 min"
 * ```
 */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return "a moment";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  // Whole minutes, so that 59.6 s and 3,599 s do not become "60".
  let rest = Math.round(seconds / 60) * 60;
  const parts: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(" ");
}

/** Returns the name of a rate-limit window: `"5 hours"`, `"week"`. */
export function formatWindow(windowMs: number | undefined): string {
  if (windowMs === undefined) return "window";
  const minutes = windowMs / 60_000;
  // The lengths from the server may be off by a minute.
  const near = (wanted: number): boolean => Math.abs(minutes - wanted) <= 1;
  if (near(10_080)) return "week";
  if (near(1_440)) return "day";
  for (const [unit, size] of [
    ["days", 1_440],
    ["hours", 60],
  ] as const) {
    const count = Math.round(minutes / size);
    if (count > 1 && near(count * size)) return `${count} ${unit}`;
  }
  return near(60) ? "hour" : `${Math.round(minutes)} minutes`;
}
