import { availableParallelism, loadavg } from "node:os";
import { table } from "../src/markdown-table.ts";
import { readArguments } from "../src/read-arguments.ts";
import type { Quartiles } from "../src/statistics.ts";
import { writeReport } from "../src/write-report.ts";
import { measureImport } from "./import-cost.ts";
import { measureEvents, measureFirstEvents, measureStreams, STREAMS, withUpstream } from "./measure.ts";

const HELP = `Usage: npm run adapters -- [--rounds N] [--write]

  --rounds N  How often the events are measured (default 20, at least 1); the first events ten times as often.
  --write     Update docs/benchmarks.md.`;

interface Row {
  readonly name: string;
  readonly found: string;
  /** The figure that the limit applies to. Absent: it is only shown. */
  readonly value?: number;
  readonly limit?: number;
  readonly unit: string;
}

async function measure(rounds: number): Promise<readonly Row[]> {
  console.error("The first event of the in-process fetch …");
  const { cpuMs, elapsedMs } = await withUpstream((url) => measureFirstEvents(url, 10 * rounds));
  console.error("Events through the gateway …");
  const events = await withUpstream((url) => measureEvents(url, rounds));
  console.error("Open streams …");
  const bytes = await withUpstream(measureStreams);
  console.error("Imports …");
  const importMs = await measureImport("axio-ai-sdk", rounds);
  return [
    ratioRow("In-process `fetch`, CPU time to the first event, times the transport's", cpuMs.ratio, 1.15),
    ratioRow("The same, elapsed time", elapsedMs.ratio),
    ratioRow("Gateway, CPU time of an event, times that of a proxy", events.ratio, 1.3),
    { name: "The same, proxy", found: spread(events.floor, 0), unit: "µs" },
    { name: "The same, gateway", found: spread(events.axio, 0), unit: "µs" },
    { name: `Gateway, heap of each of ${STREAMS} streams`, ...figure(bytes / 1000, 60, 0), unit: "kB" },
    { name: "Import of axio-ai-sdk, CPU time", ...figure(importMs.median, 20, 0), unit: "ms" },
  ];
}

function ratioRow(name: string, ratio: Quartiles, limit?: number): Row {
  const limited = limit === undefined ? {} : { value: ratio.median, limit };
  return { name, found: spread(ratio, 2), unit: "", ...limited };
}

function figure(value: number, limit: number, digits: number): Pick<Row, "found" | "value" | "limit"> {
  return { found: value.toFixed(digits), value, limit };
}

function spread({ lower, median, upper }: Quartiles, digits: number): string {
  return `${median.toFixed(digits)} (${lower.toFixed(digits)} to ${upper.toFixed(digits)})`;
}

function isBroken({ value, limit }: Row): boolean {
  return value !== undefined && limit !== undefined && !(value <= limit);
}

function reportOf(rows: readonly Row[]): string {
  const [date, node] = [new Date().toISOString().slice(0, 10), process.versions.node];
  const load = `a load average of ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} processors`;
  const cells = rows.map(({ name, found, limit, unit }) => [
    name,
    `${found} ${unit}`.trim(),
    limit === undefined ? "" : `${limit} ${unit}`.trim(),
  ]);
  return `Measured ${date} with Node ${node}, with ${load}.\n\n${table(["", "Found", "Limit"], cells)}`;
}

async function main(): Promise<void> {
  const given = readArguments(HELP, { rounds: { preset: 20 } });
  if (given === undefined) return;
  const { rounds, write } = given;
  const rows = await measure(rounds);
  const report = reportOf(rows);
  console.log(report);
  if (write) await writeReport("adapters result", report);
  for (const { name, found, limit, unit } of rows.filter(isBroken)) {
    console.error(`${name}: ${found} ${unit}; the limit is ${limit}.`);
    process.exitCode = 1;
  }
}

await main();
