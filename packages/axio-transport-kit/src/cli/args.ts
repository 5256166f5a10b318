import { type ParseArgsConfig, parseArgs } from "node:util";
import type { OptionSpec } from "./command.ts";
import { nearest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** What stood after a command. */
export class ParsedArgs {
  readonly command: string;
  /** What is no option. */
  readonly words: readonly string[];
  readonly #values: ReadonlyMap<string, readonly (string | boolean)[]>;

  constructor(
    command: string,
    words: readonly string[],
    values: ReadonlyMap<string, readonly (string | boolean)[]>,
  ) {
    this.command = command;
    this.words = words;
    this.#values = values;
  }

  /** Whether the option was given. */
  flag(name: string): boolean {
    return this.#values.has(name);
  }

  /** The option's value; the last one counts. */
  text(name: string): string | undefined {
    return this.texts(name).at(-1);
  }

  /** All values of an option that may be repeated. */
  texts(name: string): readonly string[] {
    return (this.#values.get(name) ?? []).filter((value) => typeof value === "string");
  }
}

/** What the parser has to know of a command. */
export interface ParsedCommand {
  readonly name: string;
  readonly words?: string;
  readonly options: readonly OptionSpec[];
}

/**
 * Parses what stands after a command.
 *
 * @param program What people type, for messages.
 * @throws UsageError for an option that the command does not have, a missing or empty value, one that there is no such
 *   choice for, a word too many.
 */
export function parseCommandArgs(
  program: string,
  command: ParsedCommand,
  argv: readonly string[],
): ParsedArgs {
  const options = Object.fromEntries(command.options.map((option) => [option.name, parserOption(option)]));
  const config = { args: [...argv], options, allowPositionals: true as const, tokens: true as const };
  // Once without being strict: the strict parser knows only one unknown option, and not which one is near.
  for (const token of parseArgs({ ...config, strict: false }).tokens) {
    if (token.kind === "option" && options[token.name] === undefined)
      throw unknownOption(program, command, token.rawName);
  }
  const parsed = parseStrictly(program, command, config);
  if (command.words === undefined && parsed.positionals.length > 0)
    throw new UsageError(
      `\`${program} ${command.name}\` takes no ${JSON.stringify(parsed.positionals[0])}.`,
      `Leave it out. All options: ${program} ${command.name} --help`,
    );
  const values = Object.entries(parsed.values).map(
    ([name, value]): [string, readonly (string | boolean)[]] => [name, [value ?? []].flat()],
  );
  for (const [name, given] of values) {
    if (given.includes(""))
      throw new UsageError(
        `The value of --${name} is empty.`,
        "Give one, or leave the option out. Is a variable of your shell not set?",
      );
    const { choices } = command.options.find((option) => option.name === name) ?? {};
    const wrong = given.find((value) => typeof value === "string" && choices?.includes(value) === false);
    if (typeof wrong === "string" && choices !== undefined) throw noSuchChoice(name, wrong, choices);
  }
  return new ParsedArgs(command.name, parsed.positionals, new Map(values));
}

/** Tells, before anything is parsed, whether JSON is wanted: an error in the arguments is told in JSON too. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes("--json");
}

type ParserOptions = NonNullable<ParseArgsConfig["options"]>;

function parserOption({ value, short, multiple }: OptionSpec): ParserOptions[string] {
  return {
    type: value === undefined ? "boolean" : "string",
    ...(short === undefined ? {} : { short }),
    ...(multiple === undefined ? {} : { multiple }),
  };
}

function parseStrictly(
  program: string,
  command: ParsedCommand,
  config: { readonly args: string[]; readonly options: ParserOptions; readonly allowPositionals: true },
): {
  readonly values: { readonly [name: string]: string | boolean | (string | boolean)[] | undefined };
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({ ...config, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [what = "", ...advice] = error.message.split("\n");
    throw new UsageError(
      what.replace(/([^.])$/, "$1."),
      advice.join(" ") || `All options: ${program} ${command.name} --help`,
    );
  }
}

function noSuchChoice(name: string, value: string, choices: readonly string[]): UsageError {
  const near = nearest(value, choices);
  return new UsageError(
    `--${name} cannot be ${JSON.stringify(value)}.`,
    near === undefined ? `Choose one of: ${choices.join(", ")}.` : `Did you mean --${name} ${near}?`,
  );
}

function unknownOption(program: string, command: ParsedCommand, rawName: string): UsageError {
  const names = command.options.map(({ name }) => name);
  const near = nearest(rawName.replace(/^-+/, ""), names);
  const advice =
    near === undefined ? `All options: ${program} ${command.name} --help` : `Did you mean --${near}?`;
  return new UsageError(
    `\`${program} ${command.name}\` has no option ${JSON.stringify(rawName)}.`,
    command.words === undefined || rawName.startsWith("--")
      ? advice
      : `Put -- before words that begin with a dash: ${program} ${command.name} -- ...`,
  );
}
