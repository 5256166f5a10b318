import type { SimulatedRateLimits } from "./backend/rate-limits.ts";
import { certificateFor } from "./certificate.ts";
import type { FaultQueue } from "./faults/fault-queue.ts";
import type { IssuedTokens, IssueOptions } from "./oauth/codex-tokens.ts";
import { createTokenSigner } from "./oauth/jwt.ts";
import type { TokenState } from "./oauth/token-vault.ts";
import { resolveOptions, type SimulatorOptions } from "./options.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { route, routeUpgrade } from "./router.ts";
import { listen } from "./server.ts";
import { createState, type SimulatorStats } from "./state.ts";
import { codexHost } from "./web-socket/codex-host.ts";
import { handleUpgrades } from "./web-socket/upgrade.ts";

/** A running stand-in for `auth.openai.com` and `chatgpt.com/backend-api`. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:{port}`, or `https://localhost:{port}`. */
  readonly origin: string;
  /** The OAuth issuer: the origin. */
  readonly issuer: string;
  /** `{origin}/backend-api/codex`. */
  readonly baseUrl: string;
  /** With `https`: the certificate of the CA that clients have to trust. */
  readonly caPem: string | undefined;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  readonly stats: Readonly<SimulatorStats>;
  /** What a careful client would not have done, such as dropping the turn state. */
  readonly complaints: readonly string[];
  /** Faults for the next requests. */
  readonly faults: FaultQueue;
  /** The limits that headers and `/wham/usage` tell of; replace them at any time. */
  rateLimits: SimulatedRateLimits;
  /**
   * A signed-in account without the browser.
   *
   * @param overrides Another account by id (default the first), another life, no `exp`.
   * @throws Error where there is no such account.
   */
  issueCredentials(overrides?: IssueOptions & { readonly accountId?: string }): IssuedTokens;
  /** What a refresh token is worth; `undefined` where it was never given out. */
  refreshTokenState(refreshToken: string): TokenState | undefined;
  /** From now on the access tokens given out so far count as expired. */
  expireAccessTokens(): void;
  /** From now on the access tokens given out so far count as revoked. */
  revokeAccessTokens(): void;
  /** From now on the refresh tokens given out so far count as expired. */
  expireRefreshTokens(): void;
  /** From now on the refresh tokens given out so far count as revoked. */
  revokeRefreshTokens(): void;
  /** Approves or denies a device sign-in as the person at the page would; `false` where none waits. */
  decideDevice(userCode: string, decision?: "approve" | "deny"): boolean;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a simulator on the loopback interface.
 *
 * @example
 * ```ts
 * await using simulator = await startSimulator();
 * const credentials = simulator.issueCredentials();
 * ```
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const resolved = resolveOptions(options);
  const signer = await createTokenSigner();
  const certificate = await certificateFor(resolved);
  let origin = "";
  const state = createState(resolved, signer, () => origin);
  const server = await listen({
    port: resolved.port,
    certificate,
    stats: state.stats,
    route: (request) => route(request, state),
    takeUpgrades: (http, requests) =>
      handleUpgrades(http, requests, async (request) => {
        const outcome = await routeUpgrade(request, state);
        return "refusal" in outcome ? outcome : { host: codexHost(outcome.account, state) };
      }),
  });
  origin = resolved.https ? `https://localhost:${server.port}` : `http://127.0.0.1:${server.port}`;
  const account = (id: string | undefined): (typeof resolved.accounts)[number] => {
    const found = resolved.accounts.find((candidate) => id === undefined || candidate.id === id);
    if (found === undefined) throw new Error(`The simulator has no account ${JSON.stringify(id)}.`);
    return found;
  };
  return {
    origin,
    issuer: origin,
    baseUrl: `${origin}/backend-api/codex`,
    caPem: certificate?.caPem,
    requests: server.requests,
    stats: state.stats,
    complaints: state.turns.complaints,
    faults: state.faults,
    get rateLimits(): SimulatedRateLimits {
      return state.rateLimits;
    },
    set rateLimits(limits: SimulatedRateLimits) {
      state.rateLimits = limits;
    },
    issueCredentials: (overrides = {}) => {
      const owner = account(overrides.accountId);
      return { ...state.vault.startSession(owner, overrides), accountId: owner.id };
    },
    refreshTokenState: (refreshToken) => state.vault.refreshState(refreshToken),
    expireAccessTokens: () => state.vault.endAccessTokens("expired"),
    revokeAccessTokens: () => state.vault.endAccessTokens("revoked"),
    expireRefreshTokens: () => state.vault.endRefreshTokens("expired"),
    revokeRefreshTokens: () => state.vault.endRefreshTokens("revoked"),
    decideDevice: (userCode, decision = "approve") =>
      state.devices.decide(userCode, decision === "deny" ? "denied" : account(undefined)),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
