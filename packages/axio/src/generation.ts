import {
  checkOptions,
  isListOf,
  isNumber,
  isString,
  type OptionRule,
  type OptionRules,
} from "./check-options.ts";

/**
 * How one response is generated. Services accept different ones; a setting that a service or a model does not accept is not
 * sent, and reported by the transport.
 *
 * @example
 * ```ts
 * const { text } = await agent.run("Name a color.", { temperature: 0, maxOutputTokens: 100 });
 * ```
 */
export interface GenerationSettings {
  /** The longest response in tokens, reasoning included. Default: that of the transport, or the model's own. */
  readonly maxOutputTokens?: number | undefined;
  /** How random the response is, from 0. Default: the model's own. */
  readonly temperature?: number | undefined;
  /** Considers only the likeliest tokens that together have this probability, from 0 to 1. Default: the model's own. */
  readonly topP?: number | undefined;
  /** Considers only this many of the likeliest tokens. Default: the model's own. */
  readonly topK?: number | undefined;
  /** Ends the response before the first of these texts. Default: none. */
  readonly stop?: readonly string[] | undefined;
  /** Makes responses to the same request more alike, if the service can. Default: a random one. */
  readonly seed?: number | undefined;
  /** Lowers, or if negative raises, the probability of tokens that were used already. Default: 0. */
  readonly presencePenalty?: number | undefined;
  /** As `presencePenalty`, and more for tokens that were used more often. Default: 0. */
  readonly frequencyPenalty?: number | undefined;
}

/** The name of one of the {@link GenerationSettings}. */
export type GenerationSetting = keyof GenerationSettings;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;
const isReal = (value: unknown): boolean => isNumber(value) && Number.isFinite(value);
const isProbability = (value: unknown): boolean => isReal(value) && Number(value) >= 0 && Number(value) <= 1;
const isText = (value: unknown): boolean => isString(value) && value !== "";
const PENALTY: OptionRule = { isValid: isReal, expected: "a number" };

/** The rules of {@link GenerationSettings}. */
export const GENERATION_RULES: OptionRules & { readonly [name in GenerationSetting]: OptionRule } = {
  maxOutputTokens: { isValid: isCount, expected: "a whole number of tokens from 1" },
  temperature: {
    isValid: (value) => isReal(value) && Number(value) >= 0,
    expected: "a number from 0",
  },
  topP: { isValid: isProbability, expected: "a number from 0 to 1" },
  topK: { isValid: isCount, expected: "a whole number from 1" },
  stop: {
    isValid: isListOf(isText),
    expected: (value) => (isText(value) ? `a list: [${JSON.stringify(value)}]` : "a list of texts"),
  },
  seed: { isValid: Number.isSafeInteger, expected: "a whole number" },
  presencePenalty: PENALTY,
  frequencyPenalty: PENALTY,
};

const NAMES = Object.keys(GENERATION_RULES) as readonly GenerationSetting[];

/** Returns the names of the settings that have a value. */
export function generationSettingsIn(settings: GenerationSettings): readonly GenerationSetting[] {
  return NAMES.filter((name) => settings[name] !== undefined);
}

/** Returns the settings that have a value, and that a condition keeps, without anything else. */
export function pickGeneration(
  settings: GenerationSettings,
  isKept: (name: GenerationSetting) => boolean = () => true,
): GenerationSettings {
  const names = generationSettingsIn(settings).filter(isKept);
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}

/** @throws AxioError `invalid-argument` that names the setting and the fix, if one cannot be used. */
export function checkGeneration(owner: string, settings: GenerationSettings): void {
  checkOptions(owner, pickGeneration(settings), GENERATION_RULES);
}
