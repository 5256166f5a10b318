import type { Credentials } from "axio-auth";

/** Longer than a page or a pipe holds, so that a write is not one step by chance. */
const PADDING = 100_000;

/** Credentials that can be told from all others, and from a part of themselves. */
export function numbered(number: number): Credentials {
  return {
    accessToken: `access-${number}-${String(number % 10).repeat(PADDING)}`,
    refreshToken: `refresh-${number}`,
    expiresAt: number,
    accountId: "account",
  };
}
