import type { CommandSpec, OptionSpec } from "./command.ts";

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
const ACCOUNT: readonly OptionSpec[] = [
  {
    name: "profile",
    value: "NAME",
    description: "which sign-in, if you keep several (default: see `axio-codex use`)",
  },
  {
    name: "store",
    value: "WHERE",
    description:
      "where it is kept: file (default), keychain, codex-cli (the official CLI's auth.json), or the path of a file",
  },
];
const BACKEND: readonly OptionSpec[] = [...ACCOUNT, BASE_URL, ISSUER];

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "login",
    summary: "sign in with ChatGPT",
    options: [
      { name: "browser", description: "sign in with the browser of this computer" },
      { name: "device", description: "sign in on another device, with a code" },
      { name: "paste", description: "sign in anywhere, and paste the address the browser ends on" },
      {
        name: "workspace",
        value: "ID",
        multiple: true,
        description: "allow this ChatGPT workspace only (may be repeated)",
      },
      ...ACCOUNT,
      ISSUER,
      JSON_OPTION,
      HELP,
    ],
    notes: [
      "Without a choice, every way that can work here is offered at the same time.",
      "With --json each step is a line of JSON; the last one is of the type signed-in.",
    ],
    examples: ["axio-codex login", "axio-codex login --device --profile work"],
    load: async () => (await import("./commands/login.ts")).runLogin,
  },
  {
    name: "logout",
    summary: "sign out, and make the tokens worthless",
    options: [...ACCOUNT, ISSUER, JSON_OPTION, HELP],
    notes: [],
    examples: ["axio-codex logout", "axio-codex logout --profile work"],
    load: async () => (await import("./commands/logout.ts")).runLogout,
  },
  {
    name: "status",
    summary: "show who is signed in (no network)",
    options: [...ACCOUNT, JSON_OPTION, HELP],
    notes: ["Exit code 3 where nobody is signed in."],
    examples: ["axio-codex status", "axio-codex status --json | jq -r '.profiles[].email'"],
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
        description: "where it is kept, if that is new: file, keychain, codex-cli",
      },
      JSON_OPTION,
      HELP,
    ],
    notes: ["Programs with a CodexTransport use it too, unless they name a store of their own."],
    examples: ["axio-codex use work", "axio-codex use default", "axio-codex use --store codex-cli"],
    load: async () => (await import("./commands/use.ts")).runUse,
  },
  {
    name: "models",
    summary: "list the models of the account",
    options: [...BACKEND, JSON_OPTION, HELP],
    notes: [],
    examples: ["axio-codex models", "axio-codex models --json | jq -r '.models[].id'"],
    load: async () => (await import("./commands/models.ts")).runModels,
  },
  {
    name: "usage",
    summary: "show what is used of the plan, and when it starts anew",
    options: [...BACKEND, JSON_OPTION, HELP],
    notes: [],
    examples: ["axio-codex usage", "axio-codex usage --json | jq '.limits[0].windows'"],
    load: async () => (await import("./commands/usage.ts")).runUsage,
  },
  {
    name: "ask",
    summary: "ask a model, and stream its answer",
    words: "[PROMPT...]",
    options: [
      { name: "model", short: "m", value: "ID", description: "which model (see: axio-codex models)" },
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
      {
        name: "transport",
        value: "HOW",
        choices: ["sse", "websocket", "auto"],
        description:
          "how the answer comes: sse (default), websocket, or auto (websocket where nothing speaks against it)",
      },
      ...BACKEND,
      JSON_OPTION,
      HELP,
    ],
    notes: [
      "The prompt comes from the words, or from stdin where there are none; the word - stands for stdin.",
      "The answer alone goes to stdout; what the model thinks, does and says on the way to it goes to stderr. With --json each event is a line.",
    ],
    examples: [
      'axio-codex ask "Explain the Rust borrow checker."',
      'git diff | axio-codex ask "Review this change:" -',
      'axio-codex ask --image plan.png --effort high "What is missing?"',
      'axio-codex ask --continue "Shorter, please."',
    ],
    load: async () => (await import("./commands/ask.ts")).runAsk,
  },
];
