import { readFile } from "node:fs/promises";
import type { JsonObject } from "axio";
import { isJsonObject } from "axio";
import { errorCode } from "axio/internal";
import { type Command, InvalidArgumentError, Option, UsageError } from "axio-cli/internal";
import { OUTPUT_FORMATS, type OutputFormat } from "../headless/output-format.ts";
import type { WorkspaceOptions } from "../headless/workspace.ts";
import { PERMISSION_MODES, type PermissionMode } from "../permissions/mode.ts";
import { parseRule } from "../permissions/rule.ts";
import { count } from "./option-values.ts";

/** The options of a run in a script, as they are typed. */
export interface ScriptArguments {
  readonly print?: true;
  readonly output?: OutputFormat;
  readonly schema?: string;
  readonly session?: boolean;
  readonly fork?: true;
  readonly maxSteps?: number;
  readonly timeout?: number;
  readonly attach?: readonly string[];
  readonly system?: string;
  readonly appendSystem?: string;
  /** `false` for `--no-tools`. */
  readonly tools?: readonly string[] | false;
}

/** The options that say what may be done, in the app and in scripts. */
export interface AccessArguments {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  readonly mode?: PermissionMode | undefined;
  readonly trust?: true | undefined;
  readonly yes?: true | undefined;
}

/** The options of a run in a script. */
export interface ScriptOptions {
  readonly output: OutputFormat;
  /** The path of a JSON Schema. */
  readonly schema?: string | undefined;
  readonly isStored: boolean;
  readonly fork: boolean;
  readonly maxSteps?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly attach: readonly string[];
  readonly system: { readonly replacement?: string | undefined; readonly addition?: string | undefined };
  /** The names of the tools. Default: all. */
  readonly tools?: readonly string[] | undefined;
}

/** The longest duration that a timer can have. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;
const UNITS_MS: Readonly<Record<string, number>> = { "": 1_000, s: 1_000, m: 60_000, h: 3_600_000 };

/** Adds the options of runs in scripts. */
export function addScriptOptions(program: Command): void {
  program
    .optionsGroup("Scripts:")
    .option("-p, --print", "answer one prompt, without screens and questions")
    .addOption(
      new Option("-o, --output <form>", "what is printed: the answer, one JSON object, or a line per event")
        .choices(OUTPUT_FORMATS)
        .default(undefined, "text"),
    )
    .option("--schema <file>", "a JSON Schema: the answer is an object that fits it")
    .option("--attach <file>", "attach a file, a picture or a PDF (may be repeated)", list)
    .option("--max-steps <n>", "the most requests to the model (default: 200)", count)
    .option("--timeout <time>", "the time limit: 90s, 10m, 2h", duration)
    .option("--system <text>", "replace the system prompt")
    .option("--append-system <text>", "add to the system prompt")
    .option("--tools <names>", "only these tools, separated by commas (may be repeated)", names)
    .option("--no-tools", "no tools")
    .addOption(new Option("--no-session", "store nothing").conflicts(["continue", "resume", "fork"]))
    .option("--fork", "continue in a copy of the session");
}

/** Adds the options that say what may be done. */
export function addAccessOptions(program: Command): void {
  program
    .optionsGroup("Permissions:")
    .option("--allow <rule>", 'allow what a rule names: "shell: npm test *" (may be repeated)', rules)
    .option("--deny <rule>", "deny what a rule names (may be repeated)", rules)
    .addOption(new Option("--mode <mode>", "the permission mode").choices(PERMISSION_MODES))
    .option("-y, --yes", "allow everything that tools ask for")
    .option("--trust", "use what the folder brings, this time");
}

/** Reads the options of a run in a script. `undefined` if there are none of them. */
export function toScriptOptions(args: ScriptArguments): ScriptOptions | undefined {
  const { print, output, schema, session, fork, maxSteps, timeout, attach, system, appendSystem, tools } =
    args;
  const all = [print, output, schema, fork, maxSteps, timeout, attach, system, appendSystem, tools];
  if (all.every((value) => value === undefined) && session !== false) return undefined;
  return {
    output: output ?? "text",
    schema,
    isStored: session !== false,
    fork: fork === true,
    maxSteps,
    timeoutMs: timeout,
    attach: attach ?? [],
    system: { replacement: system, addition: appendSystem },
    tools: tools === false ? [] : tools,
  };
}

/** The options of a run in a script without any. */
export const DEFAULT_SCRIPT: ScriptOptions = {
  output: "text",
  isStored: true,
  fork: false,
  attach: [],
  system: {},
};

/** Returns the permissions of the command line as options of a workspace. */
export function accessOptions({
  allow,
  deny,
  mode,
  trust,
  yes,
}: AccessArguments): Pick<WorkspaceOptions, "rules" | "mode" | "trustsFolder" | "allowsAll"> {
  return { rules: { allow, deny }, mode, trustsFolder: trust, allowsAll: yes };
}

/**
 * Reads a JSON Schema from a file.
 *
 * @throws UsageError if it cannot be read, or is not a JSON object.
 */
export async function readSchema(path: string): Promise<JsonObject> {
  const shown = JSON.stringify(path);
  const advice = "Pass the path of a file with a JSON Schema of an object: --schema answer.json";
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `The schema ${shown} cannot be read (${errorCode(error) ?? "unknown error"}).`,
      advice,
    );
  }
  const value = parse(text);
  if (!isJsonObject(value)) throw new UsageError(`The schema ${shown} is not a JSON object.`, advice);
  return value;
}

function parse(text: string): unknown {
  try {
    // Some editors write a byte order mark.
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function list(value: string, previous: readonly string[] = []): readonly string[] {
  if (value === "") throw new InvalidArgumentError("It is empty.");
  return [...previous, value];
}

function names(value: string, previous: readonly string[] = []): readonly string[] {
  const all = value.split(",").map((name) => name.trim());
  if (all.includes("")) throw new InvalidArgumentError("A name is empty. Use --no-tools for none.");
  return [...previous, ...all];
}

function rules(value: string, previous: readonly string[] = []): readonly string[] {
  const parsed = parseRule(value);
  if ("problem" in parsed) throw new InvalidArgumentError(`A rule is wrong: ${parsed.problem}.`);
  return [...previous, value];
}

function duration(value: string): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(value) ?? [];
  const milliseconds = Math.round(Number(amount) * (UNITS_MS[unit] ?? 0));
  if (amount === "" || milliseconds < 1 || milliseconds > LONGEST_TIMEOUT_MS)
    throw new InvalidArgumentError("It must be a time such as 90s, 10m or 2h, at most 596h.");
  return milliseconds;
}
