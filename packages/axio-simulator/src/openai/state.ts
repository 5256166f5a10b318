import { CHAT_DIALECTS, type ChatDialect } from "../chat/dialects.ts";
import type { ChatSwitches } from "../chat/switches.ts";
import type { FaultRegistry } from "../faults/fault.ts";
import { withDefaults } from "../options.ts";
import { createServerState, type ServerState } from "../state.ts";
import type { EnvelopeContext } from "../stream/envelope.ts";
import { PrefixCache } from "../stream/prefix-cache.ts";
import { KeyRing } from "./keys.ts";
import type { KeyedModel } from "./models.ts";
import { OPENAI_DEFAULTS, type OpenAIOptions, type OpenAISimulatorOptions } from "./options.ts";
import { DEFAULT_API_LIMITS, type SimulatedApiLimits } from "./rate-limits.ts";
import { RESPONSES_API_FAULTS } from "./responses-faults.ts";
import { StoredResponses } from "./stored-responses.ts";

/** The switches of the endpoints of a simulator with API keys. */
export interface OpenAISwitches {
  readonly chat: ChatSwitches;
}

/** The state that the handlers of a simulator with API keys share. */
export interface OpenAIState extends ServerState<OpenAISwitches> {
  readonly options: OpenAIOptions;
  readonly registry: FaultRegistry<EnvelopeContext>;
  readonly keys: KeyRing;
  readonly models: readonly KeyedModel[];
  readonly cache: PrefixCache;
  /** The oddities of the server, without the changes that tests ask for. */
  readonly switches: ChatSwitches;
  readonly stored: StoredResponses;
  rateLimits: SimulatedApiLimits;
}

export function createOpenAIState(options: OpenAISimulatorOptions): OpenAIState {
  const resolved = withDefaults(options, OPENAI_DEFAULTS);
  const dialect: ChatDialect = CHAT_DIALECTS[resolved.dialect];
  const switches = { ...dialect.switches, ...resolved.switches };
  const keys = new KeyRing("sk-proj-simulator-");
  return {
    ...createServerState({ chat: switches }, RESPONSES_API_FAULTS, resolved),
    options: resolved,
    keys,
    models: resolved.models ?? dialect.models,
    cache: new PrefixCache(),
    switches,
    stored: new StoredResponses(),
    rateLimits: DEFAULT_API_LIMITS,
  };
}
