import { Option } from "commander";
import type { CommandContext } from "./command-context.ts";
import {
  type CliOptions,
  JSON_OPTION,
  listOption,
  methodOptions,
  profileOptions,
  settingOptions,
  valueOption,
} from "./options.ts";

/** One command. Its code is loaded when it runs, so that `--help` and `--version` are fast. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Stands for the words after the command: `"[prompt...]"`. Default: there are none. */
  readonly words?: string;
  /** The values that the words can have, for completion. Default: any. */
  readonly choices?: readonly string[];
  readonly options: readonly Option[];
  readonly notes?: readonly string[];
  /** Without the name of the program. */
  readonly examples: readonly string[];
  readonly load: () => Promise<(context: CommandContext) => Promise<number>>;
}

/** The commands of a provider, in the order of the help. */
export function commandSpecs(cli: CliOptions): readonly CommandSpec[] {
  const specs = [...signInCommands(cli), ...runCommands(cli)];
  return [...specs, completionCommand(cli, specs)];
}

function completionCommand({ name }: CliOptions, specs: readonly CommandSpec[]): CommandSpec {
  const completion: CommandSpec = {
    name: "completion",
    summary: "print a script that completes commands and options in a shell",
    words: "[shell]",
    choices: ["bash", "zsh", "fish"],
    options: [],
    notes: [
      `Load it when the shell starts. bash: source <(${name} completion bash) in ~/.bashrc. zsh: the same in ~/.zshrc, after compinit. fish: ${name} completion fish > ~/.config/fish/completions/${name}.fish`,
    ],
    examples: ["completion bash", "completion fish | source"],
    load: async () => {
      const { runCompletion } = await import("./commands/completion.ts");
      return (context) => runCompletion(context, [...specs, completion]);
    },
  };
  return completion;
}

/** The commands of a provider that users sign in to. */
function signInCommands(cli: CliOptions): readonly CommandSpec[] {
  const { provider } = cli;
  const { signIn } = provider;
  if (signIn === undefined) return [];
  const { title, methods, stores, planUse, keepsRegistration } = signIn;
  const account = profileOptions(cli);
  const hasDevice = methods.includes("device");
  const isByKey = methods.every((method) => method === "api-key" || method === "from-env");
  return [
    {
      name: "login",
      summary: title.charAt(0).toLowerCase() + title.slice(1),
      options: [
        ...methodOptions(methods),
        ...(planUse === undefined
          ? []
          : [new Option("--enable-plan", "ask again whether your plan may be used")]),
        ...settingOptions(cli, "login"),
        ...account,
        JSON_OPTION,
      ],
      notes: [
        ...(methods.length > 1
          ? ["Without a choice, all methods that can succeed here are offered at the same time."]
          : []),
        ...(keepsRegistration
          ? [
              "The first sign-in registers axio for the account and workspace that you choose. Use another profile for another account: --profile NAME.",
            ]
          : []),
        "With --json each step is a line of JSON. The last one has the type signed-in.",
      ],
      examples: [
        "login",
        hasDevice ? "login --device --profile work" : "login --profile work",
        ...(planUse === undefined ? [] : ["login --enable-plan"]),
      ],
      load: async () => (await import("./commands/login.ts")).runLogin,
    },
    {
      name: "logout",
      summary: isByKey ? "sign out, and delete the key" : "sign out, and revoke the tokens",
      options: [
        ...(keepsRegistration
          ? [new Option("--forget", "delete the registration too; the next sign-in registers again")]
          : []),
        ...settingOptions(cli, "logout"),
        ...account,
        JSON_OPTION,
      ],
      examples: ["logout", "logout --profile work"],
      load: async () => (await import("./commands/logout.ts")).runLogout,
    },
    {
      name: "status",
      summary: "show who is signed in (no network)",
      options: [...account, JSON_OPTION],
      notes: ["Exit code 3 if you are not signed in."],
      examples: ["status", "status --json | jq -r '.profiles[].email'"],
      load: async () => (await import("./commands/status.ts")).runStatus,
    },
    {
      name: "use",
      summary: "choose the default profile",
      words: "[name]",
      options: [
        valueOption(
          "--store <store>",
          `its store, if that is new: ${stores.map((store) => store.name).join(", ")}`,
        ),
        JSON_OPTION,
      ],
      notes: [`Programs that use ${provider.title} use the default profile too, unless they choose another.`],
      examples: [
        "use work",
        "use default",
        ...stores.filter(({ isSingle }) => isSingle).map((store) => `use --store ${store.name}`),
      ],
      load: async () => (await import("./commands/use.ts")).runUse,
    },
  ];
}

/** The commands of every provider. */
function runCommands(cli: CliOptions): readonly CommandSpec[] {
  const { provider, name } = cli;
  const account = [...settingOptions(cli, "account"), ...profileOptions(cli), JSON_OPTION];
  return [
    {
      name: "models",
      summary: "list the models of the account",
      options: account,
      examples: ["models", "models --json | jq -r '.models[].id'"],
      load: async () => (await import("./commands/models.ts")).runModels,
    },
    {
      name: "usage",
      summary:
        provider.fetchRateLimits === undefined
          ? "show where to see and limit your usage"
          : "show plan usage and reset times",
      options: account,
      examples:
        provider.fetchRateLimits === undefined
          ? ["usage"]
          : ["usage", "usage --json | jq '.limits[0].windows'"],
      load: async () => (await import("./commands/usage.ts")).runUsage,
    },
    {
      name: "ask",
      summary: "ask a model, and stream the response",
      words: "[prompt...]",
      options: [
        valueOption("-m, --model <id>", `which model (see: ${name} models)`),
        valueOption("-e, --effort <level>", "the reasoning effort: low, medium, high, ..."),
        listOption("-i, --image <path>", "attach an image: PNG, JPEG, WebP, GIF (may be repeated)"),
        listOption("-f, --file <path>", "attach a document: PDF, Office, any text (may be repeated)"),
        new Option("-c, --continue", "continue the last conversation"),
        ...settingOptions(cli, "run"),
        ...profileOptions(cli),
        JSON_OPTION,
      ],
      notes: [
        "The prompt is the words, and what is piped into stdin, below them. The word - puts stdin elsewhere.",
        "Only the response goes to stdout. Reasoning, tools and commentary go to stderr. With --json each event is a line.",
      ],
      examples: [
        'ask "Explain the Rust borrow checker."',
        'ask "Review this change:" < change.diff',
        'ask --image plan.png --effort high "What is missing?"',
        'ask --continue "Shorter, please."',
      ],
      load: async () => (await import("./commands/ask.ts")).runAsk,
    },
    {
      name: "config",
      summary: "show or change the default model, effort and profile",
      words: "[setting...]",
      choices: ["model", "effort", ...(provider.signIn === undefined ? [] : ["profile"])],
      options: [new Option("--unset", "remove the setting"), JSON_OPTION],
      notes: [
        "Options of a command take precedence, and so does the model of a conversation that continues.",
      ],
      examples: ["config", "config model MODEL", "config effort high", "config --unset effort"],
      load: async () => (await import("./commands/config.ts")).runConfig,
    },
  ];
}
