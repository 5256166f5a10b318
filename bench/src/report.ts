import type { ImportTimes } from "./import-time.ts";
import type { Install } from "./installs.ts";
import { table } from "./markdown-table.ts";
import type { ClientId } from "./measure-client.ts";
import type { Cost, StreamingResults } from "./streaming.ts";

/** The results of one run. */
export interface Findings {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly rounds: number;
  readonly eventsourceParser: string;
  readonly installs: readonly Install[];
  readonly deltas: StreamingResults;
  /** Of axio and the floor, in more rounds. */
  readonly firstAnswers: StreamingResults;
  readonly bigEvent: StreamingResults;
  readonly imports: ImportTimes;
}

/** axio's limits: the median as a multiple of the floor. */
export const LIMITS = { deltas: 1, firstAnswer: 1.15, whole: 1.15, bigEvent: 1.3 } as const;

/** Formats the results as Markdown that is readable in a terminal. */
export function reportOf(findings: Findings): string {
  const { date, node, cpu, rounds, installs, deltas, firstAnswers, bigEvent, imports, eventsourceParser } =
    findings;
  const versions = new Map<string, string>(
    installs.map(({ contender, versions: installed }) => [
      contender.id,
      contender.packages.map((name, index) => `${name} ${installed[index]}`).join(" + "),
    ]),
  );
  versions.set("floor", `fetch + eventsource-parser ${eventsourceParser} + JSON.parse`);
  const nameOf = (id: string): string => versions.get(id) ?? id;
  return [
    `Measured ${date} with Node ${node} on ${cpu}; ${rounds} rounds.`,
    `### 20,000 deltas of text\n\n${streamingTable(deltas, nameOf)}`,
    `The first answer in more rounds, without the peers:\n\n${streamingTable(firstAnswers, nameOf)}`,
    `### One event of 32 MiB\n\n${streamingTable(bigEvent, nameOf)}`,
    `### Import\n\nOver a bare Node (${milliseconds(imports.bareMs.median)}).\n\n${importTable(imports, nameOf)}`,
    `### Installation\n\n${installTable(installs, nameOf)}`,
  ].join("\n\n");
}

/** Formats the times of some clients. */
export function streamingTable(
  { results, cutOff }: StreamingResults,
  nameOf: (id: ClientId) => string,
): string {
  const hasWarm = results.some(({ warm }) => warm !== undefined);
  const warmHeader = hasWarm ? ["Warm", "Times the floor", "Warm, elapsed"] : [];
  return table(
    ["", "First answer", "Times the floor", ...warmHeader, "Whole process", "Runs"],
    [
      ...results.map(({ id, runs, first, warm, warmElapsed, whole }) => [
        nameOf(id),
        ...costCells(first),
        ...(warm === undefined ? [] : costCells(warm)),
        ...(warmElapsed === undefined ? [] : [warmElapsed.ratio.median.toFixed(2)]),
        whole.ratio.median.toFixed(2),
        String(runs),
      ]),
      ...cutOff.map((id) => [nameOf(id), "cut off"]),
    ],
  );
}

function costCells({ ms, ratio: { median, min, max } }: Cost): readonly string[] {
  return [milliseconds(ms.median), `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`];
}

function importTable({ contenders }: ImportTimes, nameOf: (id: string) => string): string {
  return table(
    ["", "Median", "min", "max"],
    contenders.map(({ id, overBareMs: { median, min, max } }) => [
      nameOf(id),
      ...[median, min, max].map(milliseconds),
    ]),
  );
}

function installTable(installs: readonly Install[], nameOf: (id: string) => string): string {
  return table(
    ["", "Packages", "Size"],
    installs.map(({ contender, footprint }) => [
      nameOf(contender.id),
      String(footprint.packages),
      `${(footprint.bytes / 1e6).toFixed(1)} MB`,
    ]),
  );
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}
