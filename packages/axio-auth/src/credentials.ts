/** Credentials with a bearer token that expires (RFC 6750). */
export interface BearerCredentials {
  readonly accessToken: string;
  /** Obtains the next access token. Works once. Empty if there is none. */
  readonly refreshToken: string;
  /** When the access token expires, in Unix milliseconds; 0 if unknown. */
  readonly expiresAt: number;
}

/** A larger number of seconds is after the year 5138, so it is in milliseconds. */
const LARGEST_SECONDS = 1e11;

/**
 * Reads a time that is a number or a numeric string, in Unix seconds or milliseconds.
 *
 * @returns Unix milliseconds; `undefined` for any other value.
 */
export function parseUnixTime(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number) || number <= 0) return undefined;
  return Math.floor(number > LARGEST_SECONDS ? number : number * 1_000);
}

/** Converts a time in Unix milliseconds to whole Unix seconds, for files and wire formats. */
export function toUnixSeconds(time: number): number {
  return Math.floor(time / 1_000);
}

/** Rounds a time or duration in milliseconds down to a second, so that a file in seconds can store it. */
export function wholeSeconds(ms: number): number {
  return toUnixSeconds(ms) * 1_000;
}
