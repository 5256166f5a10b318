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

/** The words of a program that a shell completes. */
export interface CompletedProgram {
  /** The command that users type. */
  readonly name: string;
  readonly commands: readonly CompletedCommand[];
  /** The options without a command. Default: none. */
  readonly options?: readonly Option[] | undefined;
}

/** Returns the script that completes the commands and options of a program in a shell. */
export function completionScript(shell: Shell, { name, commands, options = [] }: CompletedProgram): string {
  const program = { name, commands, options, functionName: `_${name.replace(/\W/g, "_")}` };
  return `${{ bash, zsh, fish }[shell](program).join("\n")}\n`;
}

interface Program extends Required<CompletedProgram> {
  readonly options: readonly Option[];
  readonly functionName: string;
}

function bash({ name: program, commands, options, functionName }: Program): readonly string[] {
  const all = [...commands, { name: "", options }];
  const values = all.flatMap(({ name: command, options: own }) =>
    own.filter(takesValue).flatMap((option) => {
      const pattern = flagsOf(option).map((flag) => quote(`${command} ${flag}`));
      const files = PATHS.test(option.flags) ? ' $(compgen -f -- "$cur")' : "";
      return [
        `    ${pattern.join("|")}) COMPREPLY=($(compgen -W ${quote(valuesOf(option).join(" "))} -- "$cur")${files}); return ;;`,
      ];
    }),
  );
  const words = commands.map(
    ({ name: command, options: own, choices = [] }) =>
      `    ${command}) words=${quote([...choices, ...own.flatMap(flagsOf), "--help"].join(" "))} ;;`,
  );
  const names = commands.map((command) => command.name);
  const general = [...new Set([...options.flatMap(flagsOf), "--help", "--version"])];
  return [
    `# Completion of ${program} for bash. Load it with: source <(${program} completion bash)`,
    `${functionName}() {`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the shell
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}" words=""',
    '  if [ "$COMP_CWORD" -eq 1 ] && [[ "$cur" != -* ]]; then',
    `    COMPREPLY=($(compgen -W ${quote(names.join(" "))} -- "$cur"))`,
    "    return",
    "  fi",
    `  case "$command" in ${names.join("|")}) ;; *) command="" ;; esac`,
    '  case "$command $prev" in',
    ...values,
    "  esac",
    '  case "$command" in',
    ...words,
    `    *) words=${quote(general.join(" "))} ;;`,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "}",
    `complete -o default -F ${functionName} ${program}`,
  ];
}

function zsh({ name: program, commands, options, functionName }: Program): readonly string[] {
  const describe = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");
  const argumentsOf = ({ options: own, choices }: Pick<CompletedCommand, "options" | "choices">): string => {
    const specs = own.flatMap((option) =>
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
    `${functionName}() {`,
    "  local -a commands",
    `  commands=(${commands.map(({ name: command, summary }) => quote(`${command}:${describe(summary)}`)).join(" ")})`,
    "  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; return; fi",
    "  case $words[2] in",
    ...commands.map(
      (command) => `    ${command.name}) shift words; (( CURRENT-- )); _arguments ${argumentsOf(command)} ;;`,
    ),
    `    *) _arguments ${argumentsOf({ options })} ;;`,
    "  esac",
    "}",
    `(( $+functions[compdef] )) && compdef ${functionName} ${program}`,
  ];
}

function zshValues(option: Option): string {
  const values = valuesOf(option);
  if (PATHS.test(option.flags)) return "_files";
  return values.length === 0 ? " " : `(${values.join(" ")})`;
}

function fish({ name: program, commands, options }: Program): readonly string[] {
  const base = `complete -c ${program}`;
  const rowsOf = (condition: string, own: readonly Option[]): readonly string[] =>
    own.map((option) => {
      const flags = flagsOf(option).map((flag) =>
        flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const kind = PATHS.test(option.flags) ? "-r -F" : "-x";
      const value = takesValue(option) ? ` ${kind} -a ${quote(valuesOf(option).join(" "))}` : "";
      return `${condition} ${flags.join(" ")}${value} -d ${quote(option.description)}`;
    });
  const names = commands.map((command) => command.name);
  const without = `${base} -n ${quote(`not __fish_seen_subcommand_from ${names.join(" ")}`)}`;
  return [
    `# Completion of ${program} for fish. Load it with: ${program} completion fish | source`,
    `${base} -f`,
    ...rowsOf(without, options),
    ...commands.flatMap(({ name, summary, options: own, choices = [] }) => {
      const seen = `${base} -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
      return [
        `${base} -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
        ...(choices.length === 0 ? [] : [`${seen} -a ${quote(choices.join(" "))}`]),
        ...rowsOf(seen, own),
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
