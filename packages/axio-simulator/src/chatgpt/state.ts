import { TokenVault } from "../oauth/token-vault.ts";
import { withDefaults } from "../options.ts";
import { createSignInState, type SharedStats, type SignInState } from "../state.ts";
import { type Grant, type MintOptions, mintPlanTokens } from "./mint.ts";
import { CHATGPT_DEFAULTS, type ChatGPTOptions, type ChatGPTSimulatorOptions } from "./options.ts";
import { Registrations } from "./registrations.ts";
import { type ChatGPTSwitches, DEFAULT_SWITCHES } from "./switches.ts";
import { ViolationLog } from "./violations.ts";

/** The counters of a simulator of "Sign in with ChatGPT". */
export interface ChatGPTStats extends SharedStats {
  /** The largest number of concurrent refreshes of one sign-in. */
  concurrentRefreshes: number;
  /** Sign-ins in which `id_token_hint` spared the user the choice of the account. */
  choosersSkipped: number;
}

/** The state that the handlers of "Sign in with ChatGPT" share. */
export interface ChatGPTState extends SignInState<Grant, MintOptions, ChatGPTSwitches> {
  readonly options: ChatGPTOptions;
  readonly stats: ChatGPTStats;
  readonly registrations: Registrations;
  readonly violations: ViolationLog;
  /** The inputs that met the plan's limit, by client. */
  readonly limitedInputs: Set<string>;
  /** The number of refreshes in progress, by sign-in. */
  readonly refreshing: Map<string, number>;
}

export async function createChatGPTState(options: ChatGPTSimulatorOptions): Promise<ChatGPTState> {
  const shared = await createSignInState<Grant, ChatGPTSwitches>(DEFAULT_SWITCHES, options);
  const resolved = withDefaults(options, CHATGPT_DEFAULTS);
  const { switches = {}, onViolation = () => undefined } = resolved;
  for (const [target, change] of Object.entries(switches)) {
    shared.faults.set(target as keyof ChatGPTSwitches, change);
  }
  const state: ChatGPTState = {
    ...shared,
    options: resolved,
    stats: { ...shared.stats, concurrentRefreshes: 0, choosersSkipped: 0 },
    vault: new TokenVault(mintPlanTokens(shared.signer, () => state.origin, resolved.tokenLifetimeSeconds)),
    registrations: new Registrations(),
    violations: new ViolationLog(onViolation),
    limitedInputs: new Set(),
    refreshing: new Map(),
  };
  return state;
}

/** The base URL of the API. */
export function apiBaseUrlOf({ origin }: ChatGPTState): string {
  return `${origin}/v1`;
}

/** The values that a client may send as `resource`. */
export function resourcesOf(state: ChatGPTState): readonly string[] {
  return ["https://api.openai.com/v1", apiBaseUrlOf(state)];
}
