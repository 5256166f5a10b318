/// <reference lib="esnext.disposable" preserve="true" />
import type { FaultRegistry } from "./faults/fault.ts";
import type { FaultQueue } from "./faults/fault-queue.ts";
import type { RecordedRequest } from "./http/recorded-request.ts";
import { type ListenOptions, listen } from "./http/server.ts";
import type { ServerCertificate } from "./http/tls.ts";
import type { TokenState, TokenVault } from "./oauth/token-vault.ts";
import type { SHARED_DEFAULTS, SharedOptions, WithDefaults } from "./options.ts";
import { answerRequest, type Service } from "./service.ts";
import type { ServerState } from "./state.ts";
import type { EnvelopeContext } from "./stream/envelope.ts";
import type { ResponseQueue } from "./stream/response-queue.ts";
import { handleUpgrades } from "./web-socket/upgrade.ts";

/** The members of every running simulator. */
export interface RunningSimulator<Stats, Switches extends object = object> extends AsyncDisposable {
  /** `http://127.0.0.1:{port}`, or `https://localhost:{port}`. */
  readonly origin: string;
  /** With `https`: the certificate of the CA that clients must trust. */
  readonly caPem: string | undefined;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  readonly stats: Readonly<Stats>;
  /** Faults for the next requests. */
  readonly faults: FaultQueue<Switches>;
  /** Responses for the next requests, whatever their prompts say. */
  readonly responses: ResponseQueue;
  /** Forgets the requests so far, and removes the faults and responses that are queued: between two tests. */
  reset(): void;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/** The members of every running simulator with a sign-in. */
export interface SharedSimulator<Stats, Switches extends object = object>
  extends RunningSimulator<Stats, Switches> {
  /** The OAuth issuer, which is the origin. */
  readonly issuer: string;
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
}

/** The requests and upgrades that a simulator answers. */
export type SimulatedServer = Pick<ListenOptions, "route" | "takeUpgrades">;

/** Listens, and returns the members that every simulator has. */
export async function serve<State extends ServerState<Switches>, Switches extends object>(
  state: State & ServerState<Switches>,
  { route, takeUpgrades }: SimulatedServer,
): Promise<RunningSimulator<State["stats"], Switches>> {
  const { options, faults, responses } = state;
  const stats: State["stats"] = state.stats;
  const certificate = options.https ? await createCertificate() : undefined;
  const server = await listen({
    port: options.port,
    cors: options.cors,
    certificate,
    stats,
    route,
    takeUpgrades,
  });
  state.origin = options.https ? `https://localhost:${server.port}` : `http://127.0.0.1:${server.port}`;
  return {
    origin: state.origin,
    caPem: certificate?.caPem,
    requests: server.requests,
    stats,
    faults,
    responses,
    reset() {
      server.forget();
      faults.clear();
      responses.clear();
    },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** The state that a simulator with a sign-in is made of. */
type SignedInState<Switches extends object> = ServerState<Switches> & {
  readonly options: WithDefaults<SharedOptions, typeof SHARED_DEFAULTS>;
  readonly registry: FaultRegistry<EnvelopeContext>;
  readonly vault: Pick<
    TokenVault<object, never>,
    "keepAlive" | "refreshState" | "endAccessTokens" | "endRefreshTokens"
  >;
};

/** Serves a state by the routes of a service, and returns the members that every simulator with a sign-in has. */
export async function createSimulator<State extends SignedInState<Switches>, Caller, Switches extends object>(
  state: State & SignedInState<Switches>,
  service: Service<State, Caller>,
): Promise<SharedSimulator<State["stats"], Switches>> {
  const { vault } = state;
  const running = { service, state };
  const simulator = await serve(state, {
    route: (request) => answerRequest(request, running),
    takeUpgrades: (http, requests) => handleUpgrades(http, requests, running),
  });
  return {
    ...simulator,
    issuer: simulator.origin,
    refreshTokenState: (refreshToken) => vault.refreshState(refreshToken),
    expireAccessTokens: () => vault.endAccessTokens("expired"),
    revokeAccessTokens: () => vault.endAccessTokens("revoked"),
    expireRefreshTokens: () => vault.endRefreshTokens("expired"),
    revokeRefreshTokens: () => vault.endRefreshTokens("revoked"),
  };
}

/** Loads the large library for certificates only if it is needed. */
async function createCertificate(): Promise<ServerCertificate> {
  const tls = await loadCertificates().catch((cause: unknown) => {
    throw new Error(
      "https needs two more packages, which create its certificate: npm install @peculiar/x509 reflect-metadata",
      { cause },
    );
  });
  return tls.createCertificate();
}

async function loadCertificates(): Promise<typeof import("./http/tls.ts")> {
  // @peculiar/x509 is built on tsyringe, which needs this first. Not an import of tls.ts: its types would contain it.
  await import("reflect-metadata");
  return import("./http/tls.ts");
}
