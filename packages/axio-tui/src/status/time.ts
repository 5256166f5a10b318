const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Abbreviates the length of a rate limit window: `"5h"`, `"week"`. */
export function formatWindowShort(windowMs: number | undefined): string {
  if (windowMs === undefined) return "limit";
  const minutes = windowMs / 60_000;
  // Lengths from providers can be off by a minute.
  const near = (length: number): boolean => Math.abs(minutes - length) <= 1;
  if (near(10_080)) return "week";
  if (near(1_440)) return "day";
  const hours = Math.round(minutes / 60);
  return hours >= 1 && near(hours * 60) ? `${hours}h` : `${Math.round(minutes)}min`;
}

/** Formats the time that a run has taken, with its two largest units: `"2 min 5 s"`. */
export function formatElapsed(seconds: number): string {
  if (seconds < MINUTE) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ${Math.floor(seconds % MINUTE)} s`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}

/** Formats the time since a moment: `"3 min ago"`. Both are in Unix milliseconds. */
export function formatAge(at: number, now: number): string {
  const seconds = (now - at) / 1_000;
  if (seconds < MINUTE) return "just now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  return `${Math.floor(seconds / DAY)} d ago`;
}
