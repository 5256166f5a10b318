import { SERVER_DEFAULTS, type ServerOptions, type WithDefaults } from "../options.ts";
import { CLAUDE_MODELS, type ClaudeModel } from "./models.ts";

/** The options of {@link startAnthropicSimulator}. */
export interface AnthropicSimulatorOptions extends ServerOptions {
  /** A key that is valid from the start. Default: a random one. */
  readonly apiKey?: string | undefined;
  /** The models of the list, which the check of `model` also uses. Default: {@link CLAUDE_MODELS}. */
  readonly models?: readonly ClaudeModel[] | undefined;
  /** Whether the account binds thinking to the prefix without being asked, like accounts since September 2026. Default: true. */
  readonly bindsPrefix?: boolean | undefined;
  /** The clock of the prompt cache, in Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export const ANTHROPIC_DEFAULTS = {
  ...SERVER_DEFAULTS,
  models: CLAUDE_MODELS,
  bindsPrefix: true,
  now: Date.now,
} as const satisfies AnthropicSimulatorOptions;

export type AnthropicOptions = WithDefaults<AnthropicSimulatorOptions, typeof ANTHROPIC_DEFAULTS>;
