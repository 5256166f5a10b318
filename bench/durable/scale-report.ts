import { table } from "../src/markdown-table.ts";
import { quantileOf, spreadOf } from "../src/statistics.ts";
import type { ManyRuns } from "./many-runs.ts";
import type { StoreCosts } from "./store-costs.ts";
import type { Waiting } from "./waiting.ts";

const NONE = "–";

/** The cost of many runs in one process, and the delay of their events. */
export function manyRunsTable(measured: readonly ManyRuns[]): string {
  const delays = (values: readonly number[]): string =>
    values.length === 0
      ? NONE
      : `${quantileOf(values, 0.5).toFixed(0)} ms, ${quantileOf(values, 0.99).toFixed(0)} ms`;
  const rows = measured.map(({ name, memory, local, remote, writes, cpu }) => [
    name,
    `${(memory / 1_000).toFixed(0)} kB`,
    `${cpu.toFixed(3)} ms`,
    delays(local),
    delays(remote),
    writes === undefined ? NONE : writes.toFixed(1),
  ]);
  const goals = ["Goal", "≤ 120 kB", "", "99th: ≤ 250 ms", "99th: ≤ 500 ms", "≤ 60"];
  return table(
    [
      "",
      "Heap of a run",
      "CPU time of a text",
      "Delay, median and 99th percentile",
      "With a connection of its own",
      "Writes of events a second",
    ],
    [...rows, goals],
  );
}

/** How long runs stand still whose worker has ended. */
export function recoveryTable(killed: readonly number[], closed: readonly number[]): string {
  const row = (name: string, times: readonly number[], goal: string): readonly string[] => {
    const { median, max } = spreadOf(times);
    return [name, `${times.length}`, seconds(median), seconds(max), goal];
  };
  return table(
    ["", "Runs", "Median", "Longest", "Goal"],
    [
      row("Worker killed (SIGKILL), with the default lease of 30 s", killed, "≤ 40 s"),
      row("Worker closed (SIGTERM)", closed, "≤ 2 s"),
    ],
  );
}

/** The cost of waiting approvals. */
export function waitingTable({ count, statements, idleCpu, bytes, wakes, wakeCpu }: Waiting): string {
  return table(
    ["", "Measured", "Goal"],
    [
      ["Connections and statements without a worker", "0", "0"],
      [
        `Statements of an idle worker beside ${count} of them`,
        `${statements.toFixed(1)} a second`,
        "≤ 1 a second",
      ],
      ["CPU time of that worker", `${idleCpu.toFixed(1)} ms a second`, ""],
      ["Size in the database, for each", `${(bytes / 1_000).toFixed(1)} kB`, ""],
      [
        "From a decision to the end of the run, which has one more step: median",
        `${spreadOf(wakes).median.toFixed(0)} ms`,
        "",
      ],
      ["CPU time of such a decision", `${wakeCpu.toFixed(1)} ms`, ""],
    ],
  );
}

/** The cost of conversations and sign-ins. */
export function storeTable({
  appends,
  historyStatements,
  messages,
  searches,
  loadStatements,
}: StoreCosts): string {
  const median = (times: readonly number[]): string => `${spreadOf(times).median.toFixed(1)} ms`;
  return table(
    ["", "Measured", "Goal"],
    [
      ["Append of a turn of two messages: median", median(appends), "≤ 3 ms"],
      ["Statements for the history after it", `${historyStatements}`, "1"],
      [`Search for two words in ${messages} messages: median`, median(searches), "≤ 100 ms"],
      ["Statements to load known credentials, beside a worker", `${loadStatements}`, "0"],
    ],
  );
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
