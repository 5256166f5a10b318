const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** RFC 9110 §5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, and RFC 850's `Sunday, 06-Nov-94 08:49:37 GMT`. */
const DATE =
  /^[a-z]+, (?<day>\d{2})[ -](?<month>[a-z]{3})[ -](?<year>\d{2}|\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/i;

/** `Sun Nov  6 08:49:37 1994`, the form of C's `asctime`, in GMT. */
const ASCTIME = /^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/i;

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3): seconds, also fractions, or a date in any of HTTP's three forms.
 *
 * @param nowMs The current time, in Unix milliseconds.
 * @returns The delay in milliseconds: 0 for a date in the past, `undefined` for an invalid value.
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(text)) return finite(Number(text) * 1000);
  const dateMs = parseHttpDate(text, nowMs);
  return dateMs === undefined ? undefined : Math.max(0, dateMs - nowMs);
}

// `Date.parse` reads the third form as local time, and accepts much that is not a date.
function parseHttpDate(text: string, nowMs: number): number | undefined {
  const { day, month, year, time } = (DATE.exec(text) ?? ASCTIME.exec(text))?.groups ?? {};
  if (day === undefined || month === undefined || year === undefined) return undefined;
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  if (monthIndex < 0) return undefined;
  const date = `${fullYear(year, nowMs)}-${twoDigits(monthIndex + 1)}-${twoDigits(Number(day))}`;
  return finite(Date.parse(`${date}T${time}Z`));
}

// RFC 9110: a two-digit year that seems more than 50 years ahead is the latest past year with these digits.
function fullYear(year: string, nowMs: number): string {
  if (year.length === 4) return year;
  const thisYear = new Date(nowMs).getUTCFullYear();
  const candidate = thisYear - (thisYear % 100) + Number(year);
  return String(candidate > thisYear + 50 ? candidate - 100 : candidate);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

const DURATION =
  /(?<number>\d{1,9}(?:\.\d{1,9})?) ?(?:(?<ms>ms|msecs?|milliseconds?)|(?<s>s|secs?|seconds?)|(?<m>m|mins?|minutes?)|(?<h>h|hrs?|hours?)|(?<d>d|days?))(?![a-z])(?:,? and |, ?| )?/iy;

/**
 * Reads a delay from a sentence such as "Please try again in 1m30s" or "Retry after 2 minutes".
 *
 * @returns Milliseconds, or `undefined` if the sentence states none.
 */
export function parseRetryText(message: string): number | undefined {
  const start = /\b(?:try again|retry(?:ing)?) (?:in|after) (?:about |approximately )?/i.exec(message);
  if (!start) return undefined;
  let total: number | undefined;
  DURATION.lastIndex = start.index + start[0].length;
  for (let match = DURATION.exec(message); match; match = DURATION.exec(message)) {
    total = (total ?? 0) + durationMs(match.groups ?? {});
  }
  return total;
}

function durationMs({ number, ms, s, m, h }: Readonly<Record<string, string>>): number {
  const unitMs = ms ? 1 : s ? 1000 : m ? 60_000 : h ? 3_600_000 : 86_400_000;
  return Number(number) * unitMs;
}
