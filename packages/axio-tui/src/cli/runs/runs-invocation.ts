import type { RunStatus } from "axio/runs";
import { type Command, Option, UsageError } from "axio-cli/internal";
import { count, nonEmpty } from "../option-values.ts";

/** Each action of `axio runs`, and what it needs: a run, an approval, or neither. */
const ACTIONS = {
  list: undefined,
  show: "RUN",
  follow: "RUN",
  stop: "RUN",
  approve: "APPROVAL",
  deny: "APPROVAL",
} as const;

/** The actions of `axio runs`, for completion. */
export const RUNS_ACTIONS = Object.keys(ACTIONS) as readonly RunsAction[];

/** An action of `axio runs`. */
export type RunsAction = keyof typeof ACTIONS;

const STATUSES = [
  "pending",
  "running",
  "waiting",
  "done",
  "stopped",
  "failed",
] as const satisfies RunStatus[];

/** The options of `axio runs`. */
export interface RunsOptions {
  readonly database?: string;
  readonly space?: string;
  readonly status?: RunStatus;
  readonly session?: string;
  readonly limit?: number;
  readonly after?: string;
  readonly reason?: string;
  readonly json?: true;
}

/** The arguments of `axio runs`. */
export interface RunsInvocation extends Omit<RunsOptions, "json"> {
  readonly command: "runs";
  readonly action: RunsAction;
  /** The id of a run or an approval. Empty for `list`. */
  readonly id: string;
  readonly json: boolean;
}

/** Describes the command `runs`, and adds its options. */
export function addRunsOptions(runs: Command): void {
  runs
    .usage("[options] [list | show RUN | follow RUN | stop RUN | approve APPROVAL | deny APPROVAL]")
    .description(
      "Lists the durable runs of axio-durable, newest first, shows one, follows its events, stops it, or decides about a tool call that waits for an approval. An approval can be named by its run, if that has only one.",
    )
    .option(
      "-d, --database <file>",
      "a session file, or the URL of a PostgreSQL database (default: AXIO_DATABASE_URL, else the app's sessions)",
      nonEmpty,
    )
    .option("--space <name>", "the space in the database", nonEmpty)
    .addOption(new Option("--status <status>", "only runs with this status").choices(STATUSES))
    .option("--session <id>", "only runs of this session", nonEmpty)
    .option("--limit <count>", "how many runs to list at most (default: 20)", count)
    .option("--after <cursor>", "follow: only events after this one, as --json prints it", nonEmpty)
    .option("--reason <text>", "approve, deny: the reason, for the model", nonEmpty)
    .option("--json", "print JSON; follow prints a line for each event");
}

/**
 * Reads the words after `axio runs`. Returns `undefined` if they are a prompt, such as "runs fast".
 *
 * @throws UsageError if the id is missing, or an option does not fit the action.
 */
export function runsInvocation(
  words: readonly string[],
  { json = undefined, ...options }: RunsOptions,
): RunsInvocation | undefined {
  const [word = "list", id = ""] = words;
  const action = RUNS_ACTIONS.find((name) => name === word);
  if (action === undefined || words.length > 2 || (action === "list" && words.length > 1)) return undefined;
  const needed = ACTIONS[action];
  if (needed !== undefined && id === "")
    throw new UsageError(
      `axio runs ${action} needs the id of ${needed === "RUN" ? "a run" : "an approval"}.`,
      needed === "RUN" ? "axio runs lists the runs." : "axio runs show RUN lists the approvals of a run.",
    );
  return { command: "runs", action, id, json: json === true, ...options };
}
