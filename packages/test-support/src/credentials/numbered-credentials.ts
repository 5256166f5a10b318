import type { RouteName, TriedCredentials } from "./routes.ts";

/** Longer than a page or a pipe holds, so that a write is not one step by chance. */
const PADDING = 100_000;

/** What a sign-in holds besides its tokens. */
const REST: Readonly<Record<RouteName, object>> = {
  codex: { accountId: "account" },
  chatgpt: {
    clientId: "client",
    issuer: "https://auth.example.test",
    subject: "somebody",
    scopes: ["openid"],
  },
};

/** Credentials that can be told from all others, and from a part of themselves. */
export function numbered(number: number, route: RouteName): TriedCredentials {
  return {
    accessToken: `access-${number}-${String(number % 10).repeat(PADDING)}`,
    refreshToken: `refresh-${number}`,
    expiresAt: number,
    ...REST[route],
  };
}
