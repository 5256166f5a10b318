import { startChatGPTSimulator, startSimulator } from "axio-simulator";
import type { RouteName, TriedCredentials } from "./routes.ts";

/** Options of a race's server. */
export interface RouteServerOptions {
  readonly tokenLifetimeSeconds: number;
  readonly tokenDelayMs: number;
}

/** The counters of a server. */
export interface RouteCounts {
  /** Refreshes of an expired token. */
  readonly expiries: number;
  readonly refreshes: number;
  /** Refresh tokens that were received twice. */
  readonly refreshTokenReuses: number;
}

/** The server of a race. */
export interface RouteServer {
  readonly baseUrl: string;
  readonly issuer: string;
  issue(lifetimeSeconds?: number): TriedCredentials;
  counts(): RouteCounts;
  /** Violations of the service's rules, as far as the server records them. */
  violations(): readonly string[];
  isLive(refreshToken: string): boolean;
  expireAccessTokens(): void;
  close(): Promise<void>;
}

/** Starts a server that ends a sign-in if its refresh token is used twice. */
export const ROUTE_SERVERS: Readonly<
  Record<RouteName, (options: RouteServerOptions) => Promise<RouteServer>>
> = {
  codex: async (options) => {
    const simulator = await startSimulator({ ...options, endSignInOnReuse: true });
    return {
      baseUrl: simulator.baseUrl,
      issuer: simulator.issuer,
      issue: (lifetimeSeconds) =>
        simulator.issueCredentials(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
      counts: () => simulator.stats,
      violations: () => [],
      isLive: (refreshToken) => simulator.refreshTokenState(refreshToken) === "live",
      expireAccessTokens: () => simulator.expireAccessTokens(),
      close: () => simulator.close(),
    };
  },
  chatgpt: async (options) => {
    const simulator = await startChatGPTSimulator({
      ...options,
      switches: { refresh: { endSignInOnReuse: true } },
    });
    return {
      baseUrl: simulator.apiBaseUrl,
      issuer: simulator.issuer,
      issue(lifetimeSeconds = options.tokenLifetimeSeconds) {
        const { scopes, clientId, accessToken, refreshToken, idToken, expiresAt } = simulator.issueTokens({
          lifetimeSeconds,
        });
        const { issuer, apiBaseUrl: resource } = simulator;
        const tokens = {
          accessToken,
          refreshToken,
          idToken,
          expiresAt,
          lifetimeMs: lifetimeSeconds * 1_000,
          scopes,
        };
        return { clientId, issuer, resource, subject: "subj_user-SIM0001", ...tokens };
      },
      // Every other refresh is rejected.
      counts: () => ({ ...simulator.stats, expiries: simulator.stats.refreshes }),
      violations: () => simulator.violations.map(({ kind }) => kind),
      isLive: (refreshToken) => simulator.refreshTokenState(refreshToken) === "live",
      expireAccessTokens: () => simulator.expireAccessTokens(),
      close: () => simulator.close(),
    };
  },
};
