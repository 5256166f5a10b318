import type { FaultQueue } from "./faults/fault-queue.ts";
import type { RecordedRequest } from "./http/recorded-request.ts";
import { listen } from "./http/server.ts";
import type { ServerCertificate } from "./http/tls.ts";
import type { TokenState, TokenVault } from "./oauth/token-vault.ts";
import { answerRequest, type Service } from "./service.ts";
import type { SharedState } from "./state.ts";
import { handleUpgrades } from "./web-socket/upgrade.ts";

/** The members of every running simulator. */
export interface SharedSimulator<Stats, Switches extends object = object> extends AsyncDisposable {
  /** `http://127.0.0.1:{port}`, or `https://localhost:{port}`. */
  readonly origin: string;
  /** The OAuth issuer, which is the origin. */
  readonly issuer: string;
  /** With `https`: the certificate of the CA that clients must trust. */
  readonly caPem: string | undefined;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  readonly stats: Readonly<Stats>;
  /** Faults for the next requests. */
  readonly faults: FaultQueue<Switches>;
  /** The state of a refresh token; `undefined` if it was never issued. */
  refreshTokenState(refreshToken: string): TokenState | undefined;
  /** Expires every access token issued so far. */
  expireAccessTokens(): void;
  /** Revokes every access token issued so far. */
  revokeAccessTokens(): void;
  /** Expires every refresh token issued so far. */
  expireRefreshTokens(): void;
  /** Revokes every refresh token issued so far. */
  revokeRefreshTokens(): void;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/** The state that a simulator is made of. */
type SimulatorState<Switches extends object> = SharedState<Switches> & {
  readonly vault: Pick<
    TokenVault<object, never>,
    "keepAlive" | "refreshState" | "endAccessTokens" | "endRefreshTokens"
  >;
};

/** Serves a state by the routes of a service, and returns the members that every simulator has. */
export async function createSimulator<
  State extends SimulatorState<Switches>,
  Caller,
  Switches extends object,
>(
  state: State & SimulatorState<Switches>,
  service: Service<State, Caller>,
): Promise<SharedSimulator<State["stats"], Switches>> {
  const { options, vault, faults } = state;
  const stats: State["stats"] = state.stats;
  const running = { service, state };
  const certificate = options.https ? await createCertificate() : undefined;
  const server = await listen({
    port: options.port,
    certificate,
    stats,
    route: (request) => answerRequest(request, running),
    takeUpgrades: (http, requests) => handleUpgrades(http, requests, running),
  });
  state.origin = options.https ? `https://localhost:${server.port}` : `http://127.0.0.1:${server.port}`;
  return {
    origin: state.origin,
    issuer: state.origin,
    caPem: certificate?.caPem,
    requests: server.requests,
    stats,
    faults,
    refreshTokenState: (refreshToken) => vault.refreshState(refreshToken),
    expireAccessTokens: () => vault.endAccessTokens("expired"),
    revokeAccessTokens: () => vault.endAccessTokens("revoked"),
    expireRefreshTokens: () => vault.endRefreshTokens("expired"),
    revokeRefreshTokens: () => vault.endRefreshTokens("revoked"),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Loads the large library for certificates only if it is needed. */
async function createCertificate(): Promise<ServerCertificate> {
  const tls = await import("./http/tls.ts");
  return tls.createCertificate();
}
