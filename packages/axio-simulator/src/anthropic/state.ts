import { KeyRing } from "../openai/keys.ts";
import { withDefaults } from "../options.ts";
import { createServerState, type ServerState } from "../state.ts";
import { CLAUDE_FAULTS } from "./claude-faults.ts";
import { ANTHROPIC_DEFAULTS, type AnthropicOptions, type AnthropicSimulatorOptions } from "./options.ts";
import { PromptCache } from "./prompt-cache.ts";
import { DEFAULT_CLAUDE_LIMITS, type SimulatedClaudeLimits } from "./rate-limits.ts";

/** The state that the handlers of the Messages API share. */
export interface AnthropicState extends ServerState {
  readonly options: AnthropicOptions;
  readonly keys: KeyRing;
  readonly cache: PromptCache;
  rateLimits: SimulatedClaudeLimits;
}

export function createAnthropicState(options: AnthropicSimulatorOptions): AnthropicState {
  const resolved = withDefaults(options, ANTHROPIC_DEFAULTS);
  return {
    ...createServerState({}, CLAUDE_FAULTS, resolved),
    options: resolved,
    keys: new KeyRing("sk-ant-api03-simulator-"),
    cache: new PromptCache(resolved.now),
    rateLimits: DEFAULT_CLAUDE_LIMITS,
  };
}
