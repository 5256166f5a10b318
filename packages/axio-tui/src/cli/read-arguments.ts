import {
  Command,
  type CompletedProgram,
  completionScript,
  configureHelp,
  helpFooter,
  Option,
  type Output,
  parseArguments,
  SHELLS,
  UsageError,
  wrap,
} from "axio-cli/internal";
import { SCRIPT_EXIT_MEANINGS } from "../headless/exit-code.ts";
import type { StartOptions } from "../host/app-options.ts";
import { nonEmpty } from "./option-values.ts";
import {
  addRunsOptions,
  RUNS_ACTIONS,
  type RunsInvocation,
  type RunsOptions,
  runsInvocation,
} from "./runs/runs-invocation.ts";
import {
  type AccessArguments,
  addAccessOptions,
  addScriptOptions,
  type ScriptArguments,
  type ScriptOptions,
  toScriptOptions,
} from "./script-options.ts";

/** The action that the arguments ask for. */
export type Invocation =
  | { readonly command: "print"; readonly text: string }
  | {
      readonly command: "chat";
      /** The words of the prompt; `-` stands for standard input. Empty for a conversation. */
      readonly prompt: readonly string[];
      readonly start: Omit<StartOptions, "prompt">;
      readonly folder?: string | undefined;
      readonly plain: boolean;
      readonly screenReader: boolean;
      readonly access: AccessArguments;
      /** How to answer one prompt in a script. Default: not asked for. */
      readonly script?: ScriptOptions | undefined;
    }
  | {
      readonly command: "plugins";
      readonly json: boolean;
      readonly trust: boolean;
      readonly folder?: string | undefined;
    }
  | {
      readonly command: "trust";
      readonly action: TrustAction;
      readonly json: boolean;
      readonly folder?: string | undefined;
    }
  | RunsInvocation
  | { readonly command: "rpc" }
  | { readonly command: "sessions"; readonly json: boolean; readonly search?: string | undefined };

/** The arguments of a conversation. */
export type ChatInvocation = Extract<Invocation, { readonly command: "chat" }>;

const TRUST_ACTIONS = ["list", "grant", "revoke"] as const;

/** The action of `axio trust`. */
export type TrustAction = (typeof TRUST_ACTIONS)[number];

/** The outputs of the command. */
export interface Outputs {
  readonly out: Output;
  readonly err: Output;
}

interface ChatOptions
  extends Pick<StartOptions, "provider" | "model" | "effort" | "profile">,
    ScriptArguments,
    AccessArguments {
  readonly continue?: true;
  readonly resume?: string;
  readonly cwd?: string;
  readonly plain?: true;
  readonly screenReader?: true;
}

const NOTES =
  "With -p or another option for scripts, without a terminal, with TERM=dumb or with --plain, axio answers one prompt and asks nothing: what no rule allows is denied.";

/**
 * Reads the arguments of `axio`.
 *
 * @param outputs Where help texts are shown.
 * @throws UsageError
 */
export function readArguments(argv: readonly string[], version: string, outputs: Outputs): Invocation {
  const chosen: Invocation[] = [];
  const program = createProgram(version, (invocation) => chosen.push(invocation));
  configureHelp(program, outputs.out);
  program.addHelpText(
    "after",
    () =>
      `\n${wrap(NOTES, outputs.out.width).join("\n")}\n\n${helpFooter(outputs.out, SCRIPT_EXIT_MEANINGS)}`,
  );
  const requested = parseArguments(program, argv, outputs);
  if (requested !== undefined) return { command: "print", text: requested.text };
  return chosen[0] ?? { command: "print", text: program.helpInformation() };
}

function createProgram(version: string, choose: (invocation: Invocation) => void): Command {
  const program = new Command("axio")
    .description("Chat with an agent in the terminal.")
    .usage("[options] [prompt...]")
    .version(version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .enablePositionalOptions()
    .argument("[prompt...]", "the prompt; - stands for standard input")
    .addOption(new Option("-c, --continue", "continue the last session").conflicts("resume"))
    .option("-r, --resume <id>", "continue a session (axio sessions lists them), or the last one", nonEmpty)
    .option("-P, --provider <name>", "the provider (axio plugins lists them)", nonEmpty)
    .option("-m, --model <id>", "the model", nonEmpty)
    .option("-e, --effort <level>", "the reasoning effort", nonEmpty)
    .option("--profile <name>", "the profile, if there are several sign-ins", nonEmpty)
    .option("-C, --cwd <path>", "the working folder (default: the current one)")
    .option("--plain", "no screens: plain text for pipes and simple terminals")
    .option("--screen-reader", "no screens: finished messages line by line");
  addAccessOptions(program);
  addScriptOptions(program);
  const chat = (prompt: readonly string[]): void =>
    choose(chatInvocation(prompt, program.opts<ChatOptions>()));
  const isPrint = (): boolean => program.opts<ChatOptions>().print === true;
  program.action(chat);
  // With further words it is a prompt: "plugins of a car".
  const command = (name: string, summary: string, run: (options: ListOptions) => void): Command =>
    program
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .helpOption("-h, --help", "show help")
      .allowExcessArguments()
      .action((options: ListOptions, { args }: Command) =>
        args.length === 0 && !isPrint() ? run(options) : chat([name, ...args]),
      );
  command(
    "plugins",
    "list the installed plugins and their problems",
    ({ json = false, trust = false, cwd }) => {
      choose({ command: "plugins", json, trust, folder: cwd });
    },
  )
    .option("--trust", "allow the plugins of this project")
    .option("-C, --cwd <path>", "the working folder (default: the current one)")
    .option("--json", "print JSON");
  program
    .command("trust")
    .summary("list, grant or revoke trust in what a folder brings")
    .description("Lists what a folder brings, trusts it (grant), or forgets all answers about it (revoke).")
    .usage("[options] [list | grant | revoke]")
    .helpOption("-h, --help", "show help")
    .allowExcessArguments()
    .option("-C, --cwd <path>", "the folder (default: the current one)")
    .option("--json", "print JSON")
    .action(({ json, cwd }: ListOptions, { args }: Command) => {
      const action = TRUST_ACTIONS.find((name) => name === (args[0] ?? "list"));
      if (action === undefined || args.length > 1 || isPrint()) chat(["trust", ...args]);
      else choose({ command: "trust", action, json: json === true, folder: cwd });
    });
  command("sessions", "list the stored sessions, newest first", ({ json = false, search }) => {
    choose({ command: "sessions", json, search });
  })
    .option("--search <words>", "only sessions that contain all of these words")
    .option("--json", "print JSON");
  addRunsOptions(
    program
      .command("runs")
      .summary("list, show, follow and stop durable runs, and decide about approvals")
      .helpOption("-h, --help", "show help")
      .allowExcessArguments()
      .action((options: RunsOptions, { args }: Command) => {
        const invocation = isPrint() ? undefined : runsInvocation(args, options);
        if (invocation === undefined) chat(["runs", ...args]);
        else choose(invocation);
      }),
  );
  command("rpc", "serve a program over JSON lines (docs/rpc.md)", () => choose({ command: "rpc" }));
  command("help", "show help", () => program.help());
  program
    .command("completion")
    .summary("print a script that completes commands and options in a shell")
    .description(
      "Prints a script that completes commands and options. Load it when the shell starts, such as with: source <(axio completion bash)",
    )
    .usage(`[options] [${SHELLS.join(" | ")}]`)
    .helpOption("-h, --help", "show help")
    .allowExcessArguments()
    .action((_options: unknown, { args }: Command) => {
      const shell = SHELLS.find((name) => name === args[0]);
      if (shell === undefined || args.length > 1 || isPrint()) chat(["completion", ...args]);
      else choose({ command: "print", text: completionScript(shell, completedProgram(program)) });
    });
  return program;
}

/** The words that may follow a command. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  completion: SHELLS,
  runs: RUNS_ACTIONS,
  trust: TRUST_ACTIONS,
};

function completedProgram(program: Command): CompletedProgram {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: command.options,
    choices: CHOICES[command.name()] ?? [],
  }));
  return { name: program.name(), commands, options: program.options };
}

interface ListOptions {
  readonly json?: true;
  readonly trust?: true;
  readonly cwd?: string;
  readonly search?: string;
}

/** @throws UsageError if options do not fit together. */
function chatInvocation(prompt: readonly string[], options: ChatOptions): Invocation {
  const { resume, provider, model, effort, profile, cwd, plain = false, screenReader = false } = options;
  const { allow, deny, mode, trust, yes } = options;
  const isLast = options.continue === true || resume === "last";
  if (options.fork === true && !isLast && resume === undefined)
    throw new UsageError("--fork has no session to copy.", "Name one: --resume ID, or --continue");
  return {
    command: "chat",
    prompt,
    start: {
      session: isLast ? { type: "last" } : resume === undefined ? undefined : { type: "id", id: resume },
      provider,
      model,
      effort,
      profile,
    },
    folder: cwd,
    plain,
    screenReader,
    access: { allow, deny, mode, trust, yes },
    script: toScriptOptions(options),
  };
}
