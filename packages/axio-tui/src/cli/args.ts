import { parseArgs } from "node:util";
import type { StartOptions } from "../app/app-options.ts";

const OPTIONS = {
  continue: { type: "boolean", short: "c" },
  session: { type: "string", short: "s" },
  model: { type: "string", short: "m" },
  effort: { type: "string", short: "e" },
  transport: { type: "string", short: "t" },
  profile: { type: "string", short: "p" },
  folder: { type: "string", short: "C" },
  plain: { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  json: { type: "boolean" },
  trust: { type: "boolean" },
  search: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

type OptionName = keyof typeof OPTIONS;

/** The options that each command takes, besides `--help`. */
const TAKES: Readonly<Record<"chat" | "plugins" | "sessions", readonly OptionName[]>> = {
  chat: ["continue", "session", "model", "effort", "transport", "profile", "folder", "plain", "yes"],
  plugins: ["json", "trust", "folder"],
  sessions: ["json", "search"],
};

/** What the person wants, by their arguments. */
export type Invocation =
  | { readonly command: "help" | "version" }
  | {
      readonly command: "chat";
      /** What to ask; `-` is where standard input goes. Empty for a conversation. */
      readonly prompt: readonly string[];
      readonly start: Omit<StartOptions, "prompt">;
      readonly folder?: string;
      readonly plain: boolean;
      /** Every question of a tool is answered with yes. */
      readonly yes: boolean;
    }
  | { readonly command: "plugins"; readonly json: boolean; readonly trust: boolean; readonly folder?: string }
  | { readonly command: "sessions"; readonly json: boolean; readonly search?: string };

/** Arguments that make no sense. `advice` says what to write in their place. */
export class UsageError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/**
 * Reads the arguments of `axio`.
 *
 * @throws UsageError
 */
export function readArgs(argv: readonly string[]): Invocation {
  const { values, positionals } = parse(argv);
  if (values.help || (positionals[0] === "help" && positionals.length === 1)) return { command: "help" };
  if (values.version) return { command: "version" };
  const command = commandOf(positionals);
  const stray = (Object.keys(values) as OptionName[]).find((name) => !TAKES[command].includes(name));
  if (stray !== undefined)
    throw new UsageError(
      `The option --${stray} does not go with ${command === "chat" ? "a conversation" : `axio ${command}`}.`,
      "See: axio --help",
    );
  const folder = values.folder === undefined ? {} : { folder: values.folder };
  const { json = false, trust = false, plain = false, yes = false, search } = values;
  switch (command) {
    case "plugins":
      return { command, json, trust, ...folder };
    case "sessions":
      return { command, json, ...(search === undefined ? {} : { search }) };
    case "chat":
      return { command, prompt: positionals, start: startOf(values), ...folder, plain, yes };
  }
}

type Values = ReturnType<typeof parse>["values"];

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [what = ""] = (error instanceof Error ? error.message : String(error)).split(/\.(?: |$)/);
    throw new UsageError(`${what}.`, "See: axio --help. A prompt that begins with a dash comes behind --");
  }
}

/** A command stands alone: `axio plugins of a car` is a prompt. */
function commandOf(positionals: readonly string[]): keyof typeof TAKES {
  const [first] = positionals;
  return positionals.length === 1 && (first === "plugins" || first === "sessions") ? first : "chat";
}

function startOf(values: Values): Omit<StartOptions, "prompt"> {
  const { model, effort, transport, profile, session } = values;
  if (values.continue && session !== undefined)
    throw new UsageError("--continue and --session both say which session.", "Leave one of them out.");
  for (const [name, value] of Object.entries({ model, effort, transport, profile, session }))
    if (value === "") throw new UsageError(`--${name} is empty.`, "Name one, or leave it out.");
  return {
    ...(values.continue ? { session: { type: "last" as const } } : {}),
    ...(session === undefined ? {} : { session: { type: "id" as const, id: session } }),
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
    ...(transport === undefined ? {} : { transport }),
    ...(profile === undefined ? {} : { profile }),
  };
}
