const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The short name of a rate-limit window by its length: `"5h"`, `"week"`. */
export function formatWindowShort(windowMs: number | undefined): string {
  if (windowMs === undefined) return "limit";
  const minutes = windowMs / 60_000;
  // Providers' lengths are off by a minute at times.
  const near = (wanted: number): boolean => Math.abs(minutes - wanted) <= 1;
  if (near(10_080)) return "week";
  if (near(1_440)) return "day";
  const hours = Math.round(minutes / 60);
  return hours >= 1 && near(hours * 60) ? `${hours}h` : `${Math.round(minutes)}min`;
}

/** A span of time in its two largest units: `"2 h 30 min"`. */
export function formatSpan(seconds: number): string {
  if (seconds < MINUTE) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ${Math.floor(seconds % MINUTE)} s`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}

/** How long ago something was: `"3 min ago"`. Both in Unix milliseconds. */
export function formatAge(at: number, now: number): string {
  const seconds = (now - at) / 1_000;
  if (seconds < MINUTE) return "just now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  return `${Math.floor(seconds / DAY)} d ago`;
}
