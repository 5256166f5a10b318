import { certificateFor } from "../certificate.ts";
import type { FaultQueue } from "../faults/fault-queue.ts";
import { createTokenSigner } from "../oauth/jwt.ts";
import type { TokenState } from "../oauth/token-vault.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { listen } from "../server.ts";
import { handleUpgrades } from "../web-socket/upgrade.ts";
import { type IssuedPlanTokens, type IssuePlanOptions, issuePlanTokens } from "./issue.ts";
import { type ChatGPTSimulatorOptions, resolveChatGPTOptions } from "./options.ts";
import type { Registration } from "./registrations.ts";
import { apiBaseUrlOf } from "./resources.ts";
import { routeChatGPT } from "./router.ts";
import { type ChatGPTStats, createChatGPTState } from "./state.ts";
import type { ChatGPTSwitches, SwitchTarget } from "./switches.ts";
import { acceptPlanUpgrade } from "./upgrade.ts";
import type { Violation } from "./violations.ts";

/** A running stand-in for the documented "Sign in with ChatGPT": `auth.openai.com` and `api.openai.com/v1`. */
export interface ChatGPTSimulator extends AsyncDisposable {
  /** `http://127.0.0.1:{port}`, or `https://localhost:{port}`. */
  readonly origin: string;
  /** The OpenID issuer: the origin. */
  readonly issuer: string;
  /** `{origin}/v1`; as `resource` the real `https://api.openai.com/v1` counts as well. */
  readonly apiBaseUrl: string;
  /** With `https`: the certificate of the CA that clients have to trust. */
  readonly caPem: string | undefined;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  readonly stats: Readonly<ChatGPTStats>;
  /** What a client did that the documents forbid. */
  readonly violations: readonly Violation[];
  /** The client ids issued so far; each sign-in as `dynamic_agent_client` makes one. */
  readonly registrations: readonly Readonly<Registration>[];
  /** Faults for the next requests. */
  readonly faults: FaultQueue;
  /**
   * Changes how an endpoint answers from now on.
   *
   * @example
   * ```ts
   * await using simulator = await startChatGPTSimulator();
   * simulator.set("exchange", { audience: "string" });
   * ```
   */
  set<Target extends SwitchTarget>(target: Target, change: Partial<ChatGPTSwitches[Target]>): void;
  /**
   * Changes how an endpoint answers its next requests; changes in line strike one after the other.
   *
   * @param times How many requests; default 1.
   *
   * @example
   * ```ts
   * await using simulator = await startChatGPTSimulator();
   * simulator.next("authorize", { decision: "access_denied" });
   * simulator.next("refresh", { error: "invalid_grant", errorShape: "object" });
   * ```
   */
  next<Target extends SwitchTarget>(
    target: Target,
    change: Partial<ChatGPTSwitches[Target]>,
    times?: number,
  ): void;
  /**
   * A registration and its tokens without the browser.
   *
   * @param options Another account by id (default the first), another life, without the plan.
   * @throws Error where there is no such account.
   */
  issueTokens(options?: IssuePlanOptions): IssuedPlanTokens;
  /** What a refresh token is worth; `undefined` where it was never given out. */
  refreshTokenState(refreshToken: string): TokenState | undefined;
  /** From now on the access tokens given out so far count as expired. */
  expireAccessTokens(): void;
  /** From now on the refresh tokens given out so far count as expired. */
  expireRefreshTokens(): void;
  /** The person disconnects every app: all tokens given out so far count as revoked. */
  disconnect(): void;
  /** From now on signs with another key; `dropOld` takes the keys before out of the key set. */
  rotateKeys(options?: { readonly dropOld?: boolean }): Promise<void>;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a simulator of "Sign in with ChatGPT" on the loopback interface.
 *
 * @example
 * ```ts
 * await using simulator = await startChatGPTSimulator({ autoApprove: true });
 * simulator.next("authorize", { decision: "identity-only" });
 * ```
 */
export async function startChatGPTSimulator(
  options: ChatGPTSimulatorOptions = {},
): Promise<ChatGPTSimulator> {
  const resolved = resolveChatGPTOptions(options);
  const certificate = await certificateFor(resolved);
  let origin = "";
  const state = createChatGPTState(resolved, await createTokenSigner(), () => origin);
  const server = await listen({
    port: resolved.port,
    certificate,
    stats: state.stats,
    route: (request) => routeChatGPT(request, state),
    takeUpgrades: (http, requests) =>
      handleUpgrades(http, requests, (request) => acceptPlanUpgrade(request, state)),
  });
  origin = resolved.https ? `https://localhost:${server.port}` : `http://127.0.0.1:${server.port}`;
  return {
    origin,
    issuer: origin,
    apiBaseUrl: apiBaseUrlOf(state),
    caPem: certificate?.caPem,
    requests: server.requests,
    stats: state.stats,
    violations: state.violations.list,
    registrations: state.registrations.list,
    faults: state.faults,
    set: (target, change) => state.switches.set(target, change),
    next: (target, change, times = 1) => state.switches.next(target, change, times),
    issueTokens: (issueOptions = {}) => issuePlanTokens(issueOptions, state),
    refreshTokenState: (refreshToken) => state.vault.refreshState(refreshToken),
    expireAccessTokens: () => state.vault.endAccessTokens("expired"),
    expireRefreshTokens: () => state.vault.endRefreshTokens("expired"),
    disconnect() {
      state.vault.endAccessTokens("revoked");
      state.vault.endRefreshTokens("revoked");
    },
    rotateKeys: (rotation) => state.signer.rotate(rotation),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
