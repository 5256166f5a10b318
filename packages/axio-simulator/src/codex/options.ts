import { DEFAULT_ACCOUNTS } from "../oauth/accounts.ts";
import { SHARED_DEFAULTS, type SharedOptions, type WithDefaults } from "../options.ts";
import { DEFAULT_MODELS } from "../responses/model-catalogue.ts";

/** The options of {@link startSimulator}. */
export interface SimulatorOptions extends SharedOptions {
  /** Revokes a whole sign-in when one of its refresh tokens is used twice (RFC 9700 §4.14.2). Default: false. */
  readonly endSignInOnReuse?: boolean | undefined;
  /** The originators that may sign in. Default: any. */
  readonly originators?: readonly string[] | undefined;
  /** Seconds between two polls of the device flow. Default: 5, as the service says. */
  readonly deviceIntervalSeconds?: number | undefined;
}

export const CODEX_DEFAULTS = {
  ...SHARED_DEFAULTS,
  tokenLifetimeSeconds: 864_000,
  accounts: DEFAULT_ACCOUNTS,
  models: DEFAULT_MODELS,
  endSignInOnReuse: false,
  deviceIntervalSeconds: 5,
} as const satisfies SimulatorOptions;

export type CodexOptions = WithDefaults<SimulatorOptions, typeof CODEX_DEFAULTS>;
