import type { ChatDialectName } from "../chat/dialects.ts";
import type { ChatSwitches } from "../chat/switches.ts";
import { RESPONSES_DEFAULTS, type ResponsesOptions, type WithDefaults } from "../options.ts";
import type { KeyedModel } from "./models.ts";

/** The options of {@link startOpenAISimulator}. */
export interface OpenAISimulatorOptions extends ResponsesOptions {
  /** The server that the simulator is. Default: `openai`. */
  readonly dialect?: ChatDialectName | undefined;
  /** Changes to the oddities of the dialect. */
  readonly switches?: Partial<ChatSwitches> | undefined;
  /** A key that is valid from the start. Default: a random one. */
  readonly apiKey?: string | undefined;
  /** The models of the list, which the check of `model` also uses. Default: those of the dialect. */
  readonly models?: readonly KeyedModel[] | undefined;
  /** Whether the organization keeps no data: `store` has no effect, and items are not found later. Default: false. */
  readonly zeroDataRetention?: boolean | undefined;
}

export const OPENAI_DEFAULTS = {
  ...RESPONSES_DEFAULTS,
  dialect: "openai",
  switches: {},
  zeroDataRetention: false,
} as const satisfies OpenAISimulatorOptions;

export type OpenAIOptions = WithDefaults<OpenAISimulatorOptions, typeof OPENAI_DEFAULTS>;
