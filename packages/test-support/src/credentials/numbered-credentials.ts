import type { RouteName, TriedCredentials } from "./routes.ts";

/** Larger than a page or a pipe buffer, so that a write cannot be atomic by chance. */
const PADDING = 100_000;

/** The members of credentials in addition to the tokens. */
const REST: Readonly<Record<RouteName, object>> = {
  codex: { accountId: "account" },
  chatgpt: {
    clientId: "client",
    issuer: "https://auth.example.test",
    subject: "test-user",
    scopes: ["openid"],
  },
};

/** Returns credentials that differ from all others and from any part of themselves. */
export function numbered(number: number, route: RouteName): TriedCredentials {
  return {
    accessToken: `access-${number}-${String(number % 10).repeat(PADDING)}`,
    refreshToken: `refresh-${number}`,
    expiresAt: number * 1_000,
    ...REST[route],
  };
}

/** Returns the number of credentials; 0 if there are none. */
export function numberOf(credentials: TriedCredentials | undefined): number {
  return (credentials?.expiresAt ?? 0) / 1_000;
}
