import type { SimulatedAccount } from "../oauth/accounts.ts";
import { TokenVault } from "../oauth/token-vault.ts";
import { withDefaults } from "../options.ts";
import { createSignInState, type SharedStats, type SignInState } from "../state.ts";
import { type IssueOptions, mintCodexTokens } from "./codex-tokens.ts";
import { DeviceCodes } from "./device-codes.ts";
import { CODEX_DEFAULTS, type CodexOptions, type SimulatorOptions } from "./options.ts";
import { DEFAULT_RATE_LIMITS, type SimulatedRateLimits } from "./rate-limits.ts";

/** The counters of a simulator of the Codex backend. */
export interface SimulatorStats extends SharedStats {
  /** Refreshes that replaced an expired access token. The others came early. */
  expiries: number;
}

/** The state that the handlers of the Codex backend share. */
export interface CodexState extends SignInState<SimulatedAccount, IssueOptions> {
  readonly options: CodexOptions;
  readonly stats: SimulatorStats;
  readonly devices: DeviceCodes;
  /** The client versions that asked for `/models`, by bearer and originator. */
  readonly clientVersions: Map<string, string>;
  rateLimits: SimulatedRateLimits;
}

export async function createCodexState(options: SimulatorOptions): Promise<CodexState> {
  const shared = await createSignInState<SimulatedAccount, object>({}, options);
  const resolved = withDefaults(options, CODEX_DEFAULTS);
  const state: CodexState = {
    ...shared,
    options: resolved,
    stats: { ...shared.stats, expiries: 0 },
    vault: new TokenVault(mintCodexTokens(shared.signer, () => state.origin, resolved.tokenLifetimeSeconds)),
    devices: new DeviceCodes(),
    clientVersions: new Map(),
    rateLimits: DEFAULT_RATE_LIMITS,
  };
  return state;
}
