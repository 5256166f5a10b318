import { Command } from "commander";
import { type CommandSpec, commandSpecs } from "./command-specs.ts";
import type { Arguments, CliOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { configureHelp, helpFooter } from "./parse-arguments.ts";

/** The command that the arguments chose. */
export interface ChosenCommand {
  readonly args: Arguments;
  readonly load: CommandSpec["load"];
}

/** Creates the program of a provider. `onChosen` is called while it parses. */
export function createProgram(
  cli: CliOptions,
  out: Output,
  onChosen: (chosen: ChosenCommand) => void,
): Command {
  const { name, version, purpose } = cli;
  const { style } = out;
  const program = new Command(name)
    .description(purpose)
    .version(version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command");
  configureHelp(program, out);
  const start = cli.provider.signIn === undefined ? "" : `\n\nStart with: ${style.cyan(`${name} login`)}`;
  program.addHelpText("after", () => `\n${helpFooter(out)}${start}`);
  for (const spec of commandSpecs(cli)) {
    const command = program
      .command(spec.words === undefined ? spec.name : `${spec.name} ${spec.words}`)
      .summary(spec.summary)
      .description([spec.summary, ...(spec.notes ?? [])].join("\n\n"))
      .helpOption("-h, --help", "show help")
      .allowExcessArguments(false);
    const examples = spec.examples.map((example) => `  ${name} ${example}`).join("\n");
    command.addHelpText("after", () => `\n${style.bold("Examples:")}\n${examples}`);
    for (const option of spec.options) command.addOption(option);
    command.action((...parameters: unknown[]) => {
      const [words = []] = spec.words === undefined ? [] : parameters;
      onChosen({ args: readArguments([words].flat().map(String), command, cli), load: spec.load });
    });
  }
  return program;
}

function readArguments(words: readonly string[], command: Command, { provider }: CliOptions): Arguments {
  const values = command.opts<Omit<Arguments, "words" | "settings">>();
  const names = new Set((provider.settings ?? []).map(({ name }) => name));
  const settings = Object.entries(values).filter(([name]) => names.has(name));
  return { ...values, words, settings: Object.fromEntries(settings) as Arguments["settings"] };
}
