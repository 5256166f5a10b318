import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { BENCH_FOLDER, versionOf } from "./contenders.ts";
import { measureImports } from "./import-time.ts";
import { installAll } from "./installs.ts";
import { startServer } from "./processes.ts";
import { readArguments } from "./read-arguments.ts";
import { type Findings, LIMITS, reportOf } from "./report.ts";
import { measureStreaming, proveChecks, type StreamingResults, WARM_ANSWERS } from "./streaming.ts";
import { writeReport } from "./write-report.ts";

const HELP = `Usage: npm run bench -- [--rounds N] [--write]

  --rounds N  How often each client is measured (default 9, at least 1).
  --write     Update docs/benchmarks.md.`;

const BIG_EVENT_CHARACTERS = 32 * 1024 * 1024;
/** How many first responses to measure per round. They vary too much for fewer. */
const FIRST_ANSWERS = 5;
/** A client that needs longer for one response is stopped. */
const TIMEOUT_MS = 60_000;

async function main(): Promise<void> {
  const given = readArguments(HELP, { rounds: { preset: 9 } });
  if (given === undefined) return;
  const { rounds, write } = given;
  const folder = await mkdtemp(join(tmpdir(), "axio-bench-"));
  try {
    const findings = await findAll(folder, rounds);
    const report = reportOf(findings);
    console.log(report);
    if (write) await writeReport("result", report);
    assertLimit("20,000 deltas", findings.deltas, "warm", LIMITS.deltas);
    assertLimit("the first 20,000 deltas of a process", findings.firstAnswers, "first", LIMITS.firstAnswer);
    assertLimit("the whole process of 20,000 deltas", findings.firstAnswers, "whole", LIMITS.whole);
    assertLimit("one event of 32 MiB", findings.bigEvent, "first", LIMITS.bigEvent);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findAll(folder: string, rounds: number): Promise<Findings> {
  console.error("Installing each client alone …");
  const installs = await installAll(folder);
  const axioFolder = installs.find(({ contender }) => contender.id === "axio")?.folder ?? folder;
  const server = await startServer();
  try {
    const options = { origin: server.origin, axioFolder };
    await proveChecks(options);
    console.error(`Streaming 20,000 deltas, ${rounds} rounds …`);
    const shared = { rounds, timeoutMs: TIMEOUT_MS };
    const deltas = await measureStreaming(
      { ...shared, task: { kind: "deltas", count: 20_000 }, answers: WARM_ANSWERS },
      options,
    );
    console.error("Streaming 20,000 deltas to fresh processes of the floor and axio …");
    const firstAnswers = await measureStreaming(
      {
        ...shared,
        task: { kind: "deltas", count: 20_000 },
        answers: 1,
        rounds: FIRST_ANSWERS * rounds,
        clients: ["axio"],
      },
      options,
    );
    console.error("Streaming one event of 32 MiB …");
    const bigEvent = await measureStreaming(
      { ...shared, task: { kind: "big-event", characters: BIG_EVENT_CHARACTERS }, answers: 1 },
      options,
    );
    console.error("Importing …");
    return {
      date: new Date().toISOString().slice(0, 10),
      node: process.versions.node,
      cpu: cpus()[0]?.model.trim() ?? process.arch,
      rounds,
      eventsourceParser: versionOf("eventsource-parser", BENCH_FOLDER),
      installs,
      deltas,
      firstAnswers,
      bigEvent,
      imports: await measureImports(installs, folder, 3 * rounds),
    };
  } finally {
    server.stop();
  }
}

function assertLimit(
  what: string,
  { results }: StreamingResults,
  member: "first" | "warm" | "whole",
  limit: number,
): void {
  const median = results.find(({ id }) => id === "axio")?.[member]?.ratio.median;
  if (median !== undefined && median <= limit) return;
  console.error(
    `axio needs ${median?.toFixed(2) ?? "?"} times the floor for ${what}; the limit is ${limit}.`,
  );
  process.exitCode = 1;
}

await main();
