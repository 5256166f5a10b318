import type { BearerCredentials } from "../credentials.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";

/** What the commands of a program say of their own. */
export interface CommandTexts {
  /** What people type. */
  readonly program: string;
  /** The class of the transport. */
  readonly transport: string;
  /** What can keep a sign-in besides `file` and `keychain`, and a word on what it is. Default: nothing. */
  readonly stores?: Readonly<Record<string, string>>;
  /** How people sign in. `examples` are without the program's name. */
  readonly login: {
    /** What the command does. */
    readonly summary: string;
    readonly options: readonly OptionSpec[];
    readonly notes: readonly string[];
    readonly examples: readonly string[];
  };
  /** Options of `logout` besides those of every program. Default: none. */
  readonly logout?: readonly OptionSpec[];
  /** What the command `usage` does. Default: shows what is used of the plan. `examples` are without the program's name. */
  readonly usage?: { readonly summary: string; readonly examples: readonly string[] };
  /** Options of `ask` besides those of every program. Default: none. */
  readonly ask?: readonly OptionSpec[];
}

const JSON_OPTION: OptionSpec = { name: "json", description: "print JSON, one value a line" };
const HELP: OptionSpec = { name: "help", short: "h", description: "show this help" };
const ISSUER: OptionSpec = {
  name: "issuer",
  value: "URL",
  description: "who signs in; for the simulator",
};
const BASE_URL: OptionSpec = {
  name: "base-url",
  value: "URL",
  description: "the backend; for the simulator",
};
/** The commands that every program has, in the order of the help. */
export function standardCommands<C extends BearerCredentials>({
  program,
  transport,
  stores = {},
  login,
  logout = [],
  usage = {
    summary: "show what is used of the plan, and when it starts anew",
    examples: ["usage", "usage --json | jq '.limits[0].windows'"],
  },
  ask = [],
}: CommandTexts): readonly CommandSpec<C>[] {
  const ownStores = Object.entries(stores);
  const account: readonly OptionSpec[] = [
    {
      name: "profile",
      value: "NAME",
      description: `which sign-in, if you keep several (default: see \`${program} use\`)`,
    },
    {
      name: "store",
      value: "WHERE",
      description: `where it is kept: ${["file (default)", "keychain", ...ownStores.map(([name, what]) => `${name} (${what})`)].join(", ")}, or the path of a file`,
    },
  ];
  const backend: readonly OptionSpec[] = [...account, BASE_URL, ISSUER];
  return [
    {
      name: "login",
      summary: login.summary,
      options: [...login.options, ...account, ISSUER, JSON_OPTION, HELP],
      notes: [
        ...login.notes,
        "With --json each step is a line of JSON; the last one is of the type signed-in.",
      ],
      examples: login.examples.map((example) => `${program} ${example}`),
      load: async () => (await import("./commands/login.ts")).runLogin,
    },
    {
      name: "logout",
      summary: "sign out, and make the tokens worthless",
      options: [...logout, ...account, ISSUER, JSON_OPTION, HELP],
      notes: [],
      examples: [`${program} logout`, `${program} logout --profile work`],
      load: async () => (await import("./commands/logout.ts")).runLogout,
    },
    {
      name: "status",
      summary: "show who is signed in (no network)",
      options: [...account, JSON_OPTION, HELP],
      notes: ["Exit code 3 where nobody is signed in."],
      examples: [`${program} status`, `${program} status --json | jq -r '.profiles[].email'`],
      load: async () => (await import("./commands/status.ts")).runStatus,
    },
    {
      name: "use",
      summary: "choose the profile that is used by default",
      words: "[NAME]",
      options: [
        {
          name: "store",
          value: "WHERE",
          description: `where it is kept, if that is new: ${["file", "keychain", ...ownStores.map(([name]) => name)].join(", ")}`,
        },
        JSON_OPTION,
        HELP,
      ],
      notes: [`Programs with a ${transport} use it too, unless they name a store of their own.`],
      examples: ["use work", "use default", ...ownStores.map(([name]) => `use --store ${name}`)].map(
        (example) => `${program} ${example}`,
      ),
      load: async () => (await import("./commands/use.ts")).runUse,
    },
    {
      name: "models",
      summary: "list the models of the account",
      options: [...backend, JSON_OPTION, HELP],
      notes: [],
      examples: [`${program} models`, `${program} models --json | jq -r '.models[].id'`],
      load: async () => (await import("./commands/models.ts")).runModels,
    },
    {
      name: "usage",
      summary: usage.summary,
      options: [...backend, JSON_OPTION, HELP],
      notes: [],
      examples: usage.examples.map((example) => `${program} ${example}`),
      load: async () => (await import("./commands/usage.ts")).runUsage,
    },
    {
      name: "ask",
      summary: "ask a model, and stream its answer",
      words: "[PROMPT...]",
      options: [
        { name: "model", short: "m", value: "ID", description: `which model (see: ${program} models)` },
        {
          name: "effort",
          short: "e",
          value: "LEVEL",
          description: "how hard it thinks: low, medium, high, ...",
        },
        {
          name: "image",
          short: "i",
          value: "PATH",
          multiple: true,
          description: "show it a picture: PNG, JPEG, WebP, GIF (may be repeated)",
        },
        {
          name: "file",
          short: "f",
          value: "PATH",
          multiple: true,
          description: "give it a document: PDF, Office, any text (may be repeated)",
        },
        { name: "continue", short: "c", description: "go on with the last conversation" },
        ...ask,
        ...backend,
        JSON_OPTION,
        HELP,
      ],
      notes: [
        "The prompt comes from the words, or from stdin where there are none; the word - stands for stdin.",
        "The answer alone goes to stdout; what the model thinks, does and says on the way to it goes to stderr. With --json each event is a line.",
      ],
      examples: [
        `${program} ask "Explain the Rust borrow checker."`,
        `git diff | ${program} ask "Review this change:" -`,
        `${program} ask --image plan.png --effort high "What is missing?"`,
        `${program} ask --continue "Shorter, please."`,
      ],
      load: async () => (await import("./commands/ask.ts")).runAsk,
    },
  ];
}
