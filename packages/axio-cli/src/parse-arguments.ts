import { type Command, CommanderError } from "commander";
import { EXIT, EXIT_MEANINGS } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { wrap } from "./text/terminal-text.ts";
import { UsageError } from "./usage-error.ts";

const MAX_WIDTH = 100;
const MIN_DESCRIPTION_WIDTH = 24;

/** A text to print instead of running a command. */
export interface RequestedText {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Parses arguments with commander, whose actions run. Returns the help or the version if the arguments ask for it, and the
 * help with exit code 2 if they are empty.
 *
 * @throws UsageError for wrong arguments.
 */
export function parseArguments(
  program: Command,
  argv: readonly string[],
  { out, err }: { readonly out: Output; readonly err: Output },
): RequestedText | undefined {
  let text = "";
  const write = (part: string): void => {
    text += part;
  };
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: write,
      writeErr: write,
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(out.width, MAX_WIDTH),
      getErrHelpWidth: () => Math.min(err.width, MAX_WIDTH),
      getOutHasColors: () => out.style.colors,
      getErrHasColors: () => err.style.colors,
    });
  }
  try {
    program.parse(argv, { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { text, exitCode: EXIT.ok };
    if (error.code === "commander.help") return { text, exitCode: EXIT.usage };
    throw usageError(error, program, argv);
  }
}

/** Returns a command and all commands below it. */
function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Gives a program the appearance that axio's commands share. */
export function configureHelp(program: Command, { style }: Output): void {
  program.configureHelp({
    styleTitle: style.bold,
    styleOptionTerm: style.cyan,
    styleSubcommandTerm: style.cyan,
    formatItem: (term, termWidth, description, helper) => formatItem(term, termWidth, description, helper),
  });
}

/**
 * Returns the exit codes and environment variables for the end of a help text.
 *
 * @param meanings Further exit codes. Default: none.
 */
export function helpFooter(
  { style, width }: Output,
  meanings: readonly (readonly [code: number, meaning: string])[] = [],
): string {
  const rows = (title: string, items: readonly (readonly [string, string])[]): string => {
    const termWidth = Math.max(...items.map(([term]) => term.length));
    const helper = { helpWidth: Math.min(width, MAX_WIDTH), displayWidth: (text: string) => text.length };
    return [
      style.bold(title),
      ...items.map(([term, description]) => formatItem(term, termWidth, description, helper)),
    ].join("\n");
  };
  return [
    rows(
      "Exit codes:",
      [...EXIT_MEANINGS, ...meanings]
        .sort(([left], [right]) => left - right)
        .map(([code, meaning]) => [String(code), meaning]),
    ),
    rows("Environment:", [
      ["NO_COLOR", "no colors; FORCE_COLOR=1 for colors everywhere"],
      ["AXIO_DEBUG", "show where an error comes from"],
    ]),
  ].join("\n\n");
}

/** Two columns; on a narrow terminal, the description goes below the term. */
function formatItem(
  term: string,
  termWidth: number,
  description: string,
  helper: { readonly helpWidth?: number; displayWidth(text: string): number },
): string {
  const width = helper.helpWidth ?? MAX_WIDTH;
  const room = width - termWidth - 4;
  if (room < MIN_DESCRIPTION_WIDTH)
    return [`  ${term}`, ...wrap(description, width - 6).map((line) => `      ${line}`)].join("\n");
  const padding = " ".repeat(termWidth - helper.displayWidth(term));
  return wrap(description, room)
    .map((line, index) => (index === 0 ? `  ${term}${padding}  ${line}` : " ".repeat(termWidth + 4) + line))
    .join("\n");
}

/** Commander's messages are `error: …`, with a suggestion on a second line. */
function usageError(
  { code, message }: CommanderError,
  program: Command,
  argv: readonly string[],
): UsageError {
  const [problem = "", suggestion] = message.replace(/^error: /, "").split("\n");
  const path = chosenCommands(program, argv);
  const name = path.map((command) => command.name()).join(" ");
  const option = code === "commander.unknownOption" ? /'(-[^-'][^']*)'/.exec(problem)?.[1] : undefined;
  const fallback =
    option !== undefined && takesWords(path.at(-1) ?? program)
      ? `Put -- before words that begin with a dash: ${name} -- ...`
      : `See: ${name} --help`;
  const advice = suggestion?.replace(/^\((.*)\)$/, "$1") ?? fallback;
  return new UsageError(sentence(problem), advice);
}

/** Returns the program and the commands that the first arguments name, each below the one before it. */
function chosenCommands(program: Command, [word, ...rest]: readonly string[]): readonly Command[] {
  const chosen = program.commands.find((command) => command.name() === word);
  return chosen === undefined ? [program] : [program, ...chosenCommands(chosen, rest)];
}

function takesWords(command: Command): boolean {
  return command.registeredArguments.some(({ variadic }) => variadic);
}

function sentence(text: string): string {
  const capitalized = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capitalized) ? capitalized : `${capitalized}.`;
}
