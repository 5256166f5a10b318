import type { Option } from "commander";

/** The shells with completion. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** A shell with completion. */
export type Shell = (typeof SHELLS)[number];

/** A command, reduced to what a shell completes. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** The words that may follow. Default: any, and files are completed. */
  readonly choices?: readonly string[] | undefined;
}

/** The names of values that are paths. */
const PATHS = /<(?:path|store|file)>/;

/**
 * Returns the script that completes the commands and options of a program in a shell.
 *
 * @param program The command that users type.
 */
export function completionScript(
  shell: Shell,
  program: string,
  commands: readonly CompletedCommand[],
): string {
  const lines = { bash, zsh, fish }[shell](program, `_${program.replace(/\W/g, "_")}`, commands);
  return `${lines.join("\n")}\n`;
}

function bash(program: string, name: string, commands: readonly CompletedCommand[]): readonly string[] {
  const values = commands.flatMap(({ name: command, options }) =>
    options.filter(takesValue).flatMap((option) => {
      const pattern = flagsOf(option).map((flag) => quote(`${command} ${flag}`));
      const files = PATHS.test(option.flags) ? ' $(compgen -f -- "$cur")' : "";
      return [
        `    ${pattern.join("|")}) COMPREPLY=($(compgen -W ${quote(valuesOf(option).join(" "))} -- "$cur")${files}); return ;;`,
      ];
    }),
  );
  const words = commands.map(
    ({ name: command, options, choices = [] }) =>
      `    ${command}) words=${quote([...choices, ...options.flatMap(flagsOf), "--help"].join(" "))} ;;`,
  );
  return [
    `# Completion of ${program} for bash. Load it with: source <(${program} completion bash)`,
    `${name}() {`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the shell
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}" words=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W ${quote([...commands.map((each) => each.name), "--help", "--version"].join(" "))} -- "$cur"))`,
    "    return",
    "  fi",
    '  case "$command $prev" in',
    ...values,
    "  esac",
    '  case "$command" in',
    ...words,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "}",
    `complete -o default -F ${name} ${program}`,
  ];
}

function zsh(program: string, name: string, commands: readonly CompletedCommand[]): readonly string[] {
  const describe = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");
  const argumentsOf = ({ options, choices }: CompletedCommand): string => {
    const specs = options.flatMap((option) =>
      flagsOf(option).map((flag) => {
        const value = takesValue(option) ? `:value:${zshValues(option)}` : "";
        return quote(`*${flag}[${describe(option.description)}]${value}`);
      }),
    );
    return [...specs, quote(choices === undefined ? "*:file:_files" : `*:word:(${choices.join(" ")})`)].join(
      " ",
    );
  };
  return [
    `#compdef ${program}`,
    `# Completion of ${program} for zsh. Load it with: source <(${program} completion zsh)`,
    `${name}() {`,
    "  local -a commands",
    `  commands=(${commands.map(({ name: command, summary }) => quote(`${command}:${describe(summary)}`)).join(" ")})`,
    "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
    "  local command=$words[2]",
    "  shift words; (( CURRENT-- ))",
    "  case $command in",
    ...commands.map((command) => `    ${command.name}) _arguments ${argumentsOf(command)} ;;`),
    "  esac",
    "}",
    `(( $+functions[compdef] )) && compdef ${name} ${program}`,
  ];
}

function zshValues(option: Option): string {
  const values = valuesOf(option);
  if (PATHS.test(option.flags)) return "_files";
  return values.length === 0 ? " " : `(${values.join(" ")})`;
}

function fish(program: string, _name: string, commands: readonly CompletedCommand[]): readonly string[] {
  const base = `complete -c ${program}`;
  return [
    `# Completion of ${program} for fish. Load it with: ${program} completion fish | source`,
    `${base} -f`,
    ...commands.flatMap(({ name, summary, options, choices = [] }) => {
      const seen = `${base} -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
      return [
        `${base} -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
        ...(choices.length === 0 ? [] : [`${seen} -a ${quote(choices.join(" "))}`]),
        ...options.map((option) => {
          const flags = flagsOf(option).map((flag) =>
            flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
          );
          const kind = PATHS.test(option.flags) ? "-r -F" : "-x";
          const value = takesValue(option) ? ` ${kind} -a ${quote(valuesOf(option).join(" "))}` : "";
          return `${seen} ${flags.join(" ")}${value} -d ${quote(option.description)}`;
        }),
      ];
    }),
  ];
}

function flagsOf({ short, long }: Option): readonly string[] {
  return [short, long].filter((flag) => flag !== undefined && flag !== null);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function valuesOf({ argChoices }: Option): readonly string[] {
  return argChoices ?? [];
}

/** Quotes a word for all three shells. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
