import { SHARED_DEFAULTS, type SharedOptions, type WithDefaults } from "../options.ts";
import { DEFAULT_MODELS } from "../responses/model-catalogue.ts";
import { CHATGPT_ACCOUNTS } from "./accounts.ts";
import type { SwitchChanges } from "./switches.ts";
import type { UnknownRules } from "./unknowns.ts";
import type { Violation } from "./violations.ts";

/** The options of {@link startChatGPTSimulator}. */
export interface ChatGPTSimulatorOptions extends SharedOptions {
  /** The models that an account may use, by account id. Default: all. */
  readonly modelsOf?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Whether to refuse what the documentation does not mention, as a whole or by rule. Default: `"strict"`. */
  readonly unknowns?: "strict" | "lenient" | Partial<UnknownRules> | undefined;
  /** Initial switches. `set` and `next` change them later. */
  readonly switches?: SwitchChanges | undefined;
  /** Called with each violation as it happens. */
  readonly onViolation?: ((violation: Violation) => void) | undefined;
}

export const CHATGPT_DEFAULTS = {
  ...SHARED_DEFAULTS,
  tokenLifetimeSeconds: 3600,
  accounts: CHATGPT_ACCOUNTS,
  models: DEFAULT_MODELS,
  modelsOf: {},
  unknowns: "strict",
} as const satisfies ChatGPTSimulatorOptions;

export type ChatGPTOptions = WithDefaults<ChatGPTSimulatorOptions, typeof CHATGPT_DEFAULTS>;
