import {
  Command,
  configureHelp,
  helpFooter,
  InvalidArgumentError,
  Option,
  type Output,
  parseArguments,
  wrap,
} from "axio-cli/internal";
import type { StartOptions } from "../app/app-options.ts";

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
      /** Whether to allow every permission request. */
      readonly yes: boolean;
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
  | { readonly command: "sessions"; readonly json: boolean; readonly search?: string | undefined };

const TRUST_ACTIONS = ["list", "grant", "revoke"] as const;

/** The action of `axio trust`. */
export type TrustAction = (typeof TRUST_ACTIONS)[number];

/** The outputs of the command. */
export interface Outputs {
  readonly out: Output;
  readonly err: Output;
}

interface ChatOptions extends Pick<StartOptions, "provider" | "model" | "effort" | "profile"> {
  readonly continue?: true;
  readonly session?: string;
  readonly folder?: string;
  readonly plain?: true;
  readonly screenReader?: true;
  readonly yes?: true;
}

const NOTES = "Without a terminal, with TERM=dumb or with --plain, axio prints the answer to one prompt.";

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
    () => `\n${wrap(NOTES, outputs.out.width).join("\n")}\n\n${helpFooter(outputs.out)}`,
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
    .addOption(new Option("-c, --continue", "continue the last session").conflicts("session"))
    .option("-s, --session <id>", "continue a session (axio sessions lists them)", nonEmpty)
    .option("-P, --provider <name>", "the provider (axio plugins lists them)", nonEmpty)
    .option("-m, --model <id>", "the model", nonEmpty)
    .option("-e, --effort <level>", "the reasoning effort", nonEmpty)
    .option("-p, --profile <name>", "the profile, if there are several sign-ins", nonEmpty)
    .option("-C, --folder <path>", "the working folder (default: the current one)")
    .option("--plain", "no screens: plain text for pipes and simple terminals")
    .option("--screen-reader", "no screens: finished messages line by line")
    .option("-y, --yes", "allow everything that tools ask for");
  const chat = (prompt: readonly string[]): void =>
    choose(chatInvocation(prompt, program.opts<ChatOptions>()));
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
        args.length === 0 ? run(options) : chat([name, ...args]),
      );
  command(
    "plugins",
    "list the installed plugins and their problems",
    ({ json = false, trust = false, folder }) => {
      choose({ command: "plugins", json, trust, folder });
    },
  )
    .option("--trust", "allow the plugins of this project")
    .option("-C, --folder <path>", "the working folder (default: the current one)")
    .option("--json", "print JSON");
  program
    .command("trust")
    .summary("list, grant or revoke trust in what a folder brings")
    .description("Lists what a folder brings, trusts it (grant), or forgets all answers about it (revoke).")
    .usage("[options] [list | grant | revoke]")
    .helpOption("-h, --help", "show help")
    .allowExcessArguments()
    .option("-C, --folder <path>", "the folder (default: the current one)")
    .option("--json", "print JSON")
    .action(({ json, folder }: ListOptions, { args }: Command) => {
      const action = TRUST_ACTIONS.find((name) => name === (args[0] ?? "list"));
      if (action === undefined || args.length > 1) chat(["trust", ...args]);
      else choose({ command: "trust", action, json: json === true, folder });
    });
  command("sessions", "list the stored sessions, newest first", ({ json = false, search }) => {
    choose({ command: "sessions", json, search });
  })
    .option("--search <words>", "only sessions that contain all of these words")
    .option("--json", "print JSON");
  command("help", "show help", () => program.help());
  return program;
}

interface ListOptions {
  readonly json?: true;
  readonly trust?: true;
  readonly folder?: string;
  readonly search?: string;
}

function chatInvocation(prompt: readonly string[], options: ChatOptions): Invocation {
  const { session, provider, model, effort, profile, folder } = options;
  const { plain = false, screenReader = false, yes = false } = options;
  return {
    command: "chat",
    prompt,
    start: {
      session: options.continue
        ? { type: "last" }
        : session === undefined
          ? undefined
          : { type: "id", id: session },
      provider,
      model,
      effort,
      profile,
    },
    folder,
    plain,
    screenReader,
    yes,
  };
}

function nonEmpty(value: string): string {
  if (value === "") throw new InvalidArgumentError("It is empty. Omit the option, or name one.");
  return value;
}
