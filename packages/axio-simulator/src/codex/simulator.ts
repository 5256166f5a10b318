import { createSimulator, type SharedSimulator } from "../create-simulator.ts";
import { findAccount } from "../oauth/accounts.ts";
import type { IssuedTokens, IssueOptions } from "./codex-tokens.ts";
import type { SimulatorOptions } from "./options.ts";
import type { SimulatedRateLimits } from "./rate-limits.ts";
import { codexService } from "./service.ts";
import { createCodexState, type SimulatorStats } from "./state.ts";

/** A running simulator of `auth.openai.com` and `chatgpt.com/backend-api`. */
export interface Simulator extends SharedSimulator<SimulatorStats> {
  /** `{origin}/backend-api/codex`. */
  readonly baseUrl: string;
  /** Mistakes of a client that the service tolerates, such as a missing turn state. */
  readonly complaints: readonly string[];
  /** The limits that headers and `/wham/usage` report. May be replaced at any time. */
  rateLimits: SimulatedRateLimits;
  /**
   * Signs an account in without a browser.
   *
   * @param overrides `accountId`: default the first account. The others change the tokens.
   * @throws Error if there is no such account.
   */
  issueCredentials(overrides?: IssueOptions & { readonly accountId?: string }): IssuedTokens;
  /** Approves or denies a device sign-in, as the user does on the page. Returns `false` if none is waiting. */
  decideDevice(userCode: string, decision?: "approve" | "deny"): boolean;
}

/**
 * Starts a simulator of the Codex backend on the loopback interface.
 *
 * @example
 * ```ts
 * await using simulator = await startSimulator();
 * const credentials = simulator.issueCredentials();
 * ```
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state = await createCodexState(options);
  const shared = await createSimulator(state, codexService);
  const { accounts } = state.options;
  return {
    ...shared,
    baseUrl: `${shared.origin}/backend-api/codex`,
    complaints: state.turns.complaints,
    get rateLimits(): SimulatedRateLimits {
      return state.rateLimits;
    },
    set rateLimits(limits: SimulatedRateLimits) {
      state.rateLimits = limits;
    },
    issueCredentials: ({ accountId, ...overrides } = {}) => {
      const account = findAccount(accounts, accountId);
      return { ...state.vault.startSession(account, overrides), accountId: account.id };
    },
    decideDevice: (userCode, decision = "approve") =>
      state.devices.decide(userCode, decision === "deny" ? "denied" : findAccount(accounts, undefined)),
  };
}
