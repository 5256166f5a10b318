import { AxioError } from "./errors.ts";

/** The rule of one option. */
export interface OptionRule {
  readonly isValid: (value: unknown) => boolean;
  /** The value to pass instead, as the end of "Pass …", for callers without a type checker. */
  readonly expected: string | ((value: unknown) => string);
  readonly isRequired?: true | undefined;
}

/** The rules of all options of one function, by their names. */
export interface OptionRules {
  readonly [option: string]: OptionRule;
}

/** The rules of all options of a type. */
export type RulesOf<Options> = { readonly [Name in keyof Required<Options>]: OptionRule };

export const isAnything = (): boolean => true;
export const isString = (value: unknown): boolean => typeof value === "string";
export const isNumber = (value: unknown): boolean => typeof value === "number";
export const isBoolean = (value: unknown): boolean => typeof value === "boolean";
export const isFunction = (value: unknown): boolean => typeof value === "function";
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isListOf =
  (isValid: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(isValid);
/** Returns whether a value has these methods. */
export const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    isObject(value) && names.every((name) => isFunction(value[name]));

/** Rules of options that many functions have. */
export const OPTION = {
  anything: { isValid: isAnything, expected: "a value" },
  boolean: { isValid: isBoolean, expected: "true or false" },
  function: { isValid: isFunction, expected: "a function" },
  milliseconds: { isValid: isDuration, expected: "a number of milliseconds" },
  object: { isValid: isObject, expected: "an object" },
  signal: { isValid: hasMethods("addEventListener", "removeEventListener"), expected: "an AbortSignal" },
  string: { isValid: isString, expected: "a string" },
  strings: { isValid: isListOf(isString), expected: "a list of strings" },
} as const satisfies OptionRules;

function isDuration(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

/** The rule of an option that is one of these values. */
export function oneOf(...values: readonly string[]): OptionRule {
  const expected = `one of: ${values.map((value) => JSON.stringify(value)).join(", ")}`;
  return { isValid: (value) => values.includes(value as string), expected };
}

/** The rule of an option that must be given. */
export function required(rule: OptionRule): OptionRule {
  return { ...rule, isRequired: true };
}

/** Names that other libraries use. */
const OTHER_NAMES: { readonly [name: string]: readonly string[] } = {
  abortSignal: ["signal"],
  defaultHeaders: ["headers"],
  extraBody: ["parameters"],
  extra_body: ["parameters"],
  handler: ["execute"],
  history: ["context"],
  instructions: ["system"],
  maxRetries: ["retry"],
  maxTokens: ["maxOutputTokens"],
  max_completion_tokens: ["maxOutputTokens"],
  max_tokens: ["maxOutputTokens"],
  maxTurns: ["maxSteps"],
  messages: ["context"],
  outputSchema: ["output"],
  parameters: ["inputSchema"],
  reasoning: ["effort"],
  reasoning_effort: ["effort"],
  run: ["execute"],
  schema: ["output", "inputSchema"],
  stopSequences: ["stop"],
  stop_sequences: ["stop"],
  systemPrompt: ["system"],
  timeout: ["timeoutMs", "responseTimeoutMs"],
  token: ["accessToken", "apiKey"],
  tool_choice: ["toolChoice"],
};

/**
 * Checks the options of a function that callers may call without a type checker.
 *
 * @throws AxioError `invalid-argument` that names the option and the fix.
 */
export function checkOptions(owner: string, options: unknown, rules: OptionRules): void {
  assertKnownOptions(owner, options, Object.keys(rules));
  for (const [name, { isValid, expected, isRequired }] of Object.entries(rules)) {
    const value = options[name];
    if (value === undefined ? !isRequired : isValid(value)) continue;
    const remedy = typeof expected === "string" ? expected : expected(value);
    const problem = value === undefined ? "is missing" : "cannot be used";
    throw invalid(`The option ${JSON.stringify(name)} of ${owner} ${problem}. Pass ${remedy}.`);
  }
}

/**
 * Checks that options are an object, and the names of those that are set.
 *
 * @throws AxioError `invalid-argument`, which suggests a name.
 */
export function assertKnownOptions(
  owner: string,
  options: unknown,
  names: readonly string[],
): asserts options is Readonly<Record<string, unknown>> {
  if (!isObject(options)) throw invalid(`The options of ${owner} are not an object. Pass one.`);
  const unknown = Object.keys(options).find((name) => !names.includes(name) && options[name] !== undefined);
  if (unknown !== undefined)
    throw invalid(`${owner} has no option ${JSON.stringify(unknown)}. ${suggestion(unknown, names)}`);
}

/** Creates the error of a wrong argument. */
export function invalid(message: string): AxioError {
  return new AxioError("invalid-argument", message);
}

function suggestion(name: string, options: readonly string[]): string {
  const others = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
  const other = others?.find((candidate) => options.includes(candidate));
  const nearest = other ?? options.find((option) => isSimilar(name, option));
  return nearest === undefined
    ? `Its options are: ${options.join(", ")}.`
    : `Did you mean ${JSON.stringify(nearest)}?`;
}

function isSimilar(left: string, right: string): boolean {
  const [one, other] = [left, right].map((name) => name.toLowerCase().replaceAll(/[^a-z]/g, ""));
  return one !== undefined && other !== undefined && (one === other || distance(one, other) <= 2);
}

/** The number of characters to insert, delete or replace; at least 3 is 3, since a name may be as long as a request. */
function distance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 2) return 3;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, character] of [...left].entries()) {
    const next = [index + 1];
    for (let at = 0; at < right.length; at += 1) {
      const replaced = (row[at] ?? 0) + (character === right[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** @throws AxioError `invalid-argument` if a limit is less than the least. */
export function assertAtLeast(least: number, name: string, limit: number): void {
  if (!(limit >= least)) throw invalid(`${name} is ${limit}. Use ${least} or more.`);
}
