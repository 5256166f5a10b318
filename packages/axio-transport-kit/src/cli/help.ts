import type { BearerCredentials } from "../credentials.ts";
import type { Channel } from "./channel.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";
import { EXIT_MEANINGS } from "./exit-codes.ts";
import type { CliProgram } from "./program.ts";
import type { Style } from "./style.ts";
import { wrap } from "./terminal-text.ts";

const WIDEST = 100;

/** The help of a program as a whole. */
export function generalHelp<C extends BearerCredentials>(
  { name: program, purpose, commands }: CliProgram<C>,
  { style, width }: Channel,
): string {
  return page([
    [`${program}: ${purpose}`],
    [`${style.bold("Usage")}  ${program} COMMAND [OPTIONS]`],
    [
      style.bold("Commands"),
      ...table(
        commands.map(({ name, summary }) => [name, summary]),
        style,
        width,
      ),
    ],
    [
      style.bold("Options"),
      ...table(
        [
          ["-h, --help", "show this help; after a command, that command's"],
          ["-V, --version", "show the version"],
        ],
        style,
        width,
      ),
    ],
    [style.bold("Exit codes"), ...exitCodes(style, width)],
    [
      style.bold("Environment"),
      ...table(
        [
          ["NO_COLOR", "no colours; FORCE_COLOR=1 for colours everywhere"],
          ["AXIO_DEBUG", "show where an error comes from"],
        ],
        style,
        width,
      ),
    ],
    [`Start with: ${style.cyan(`${program} login`)}`],
  ]);
}

/** The help of one command. */
export function commandHelp<C extends BearerCredentials>(
  program: string,
  command: CommandSpec<C>,
  { style, width }: Channel,
): string {
  const words = command.words === undefined ? "" : ` ${command.words}`;
  return page([
    [`${program} ${command.name}: ${command.summary}`],
    [`${style.bold("Usage")}  ${program} ${command.name} [OPTIONS]${words}`],
    ...command.notes.map((note) => wrap(note, Math.min(width, WIDEST))),
    [style.bold("Options"), ...table(command.options.map(optionRow), style, width)],
    [style.bold("Examples"), ...command.examples.map((example) => `  ${example}`)],
    [style.bold("Exit codes"), ...exitCodes(style, width)],
  ]);
}

function exitCodes(style: Style, width: number): readonly string[] {
  return table(
    EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
    style,
    width,
  );
}

function optionRow({ name, short, value, description }: OptionSpec): readonly [string, string] {
  const before = short === undefined ? "    " : `-${short}, `;
  return [`${before}--${name}${value === undefined ? "" : ` ${value}`}`, description];
}

function page(paragraphs: readonly (readonly string[])[]): string {
  return `${paragraphs.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Two columns; on a narrow terminal the second one goes below the first. */
function table(rows: readonly (readonly [string, string])[], style: Style, width: number): readonly string[] {
  const column = Math.max(...rows.map(([left]) => left.length)) + 2;
  const room = Math.min(width, WIDEST) - 2 - column;
  return rows.flatMap(([left, right]) => {
    if (room < 24) {
      return [
        `  ${style.cyan(left)}`,
        ...wrap(right, Math.min(width, WIDEST) - 6).map((line) => `      ${line}`),
      ];
    }
    const [first = "", ...rest] = wrap(right, room);
    return [
      `  ${style.cyan(left)}${" ".repeat(column - left.length)}${first}`,
      ...rest.map((line) => `  ${" ".repeat(column)}${line}`),
    ];
  });
}
