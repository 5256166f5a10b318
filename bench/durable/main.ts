import { availableParallelism, loadavg } from "node:os";
import { startPostgres } from "test-support/postgres";
import { table } from "../src/markdown-table.ts";
import { readArguments } from "../src/read-arguments.ts";
import { type Spread, spreadOf } from "../src/statistics.ts";
import { writeReport } from "../src/write-report.ts";
import { type Contender, openContenders } from "./contenders.ts";
import { cpuSince } from "./cpu-time.ts";
import { measureManyRuns } from "./many-runs.ts";
import { measureRecovery } from "./recovery.ts";
import { manyRunsTable, recoveryTable, storeTable, waitingTable } from "./scale-report.ts";
import { measureStore } from "./store-costs.ts";
import { measureWaiting } from "./waiting.ts";

const HELP = `Usage: npm run durable -- [--rounds N] [--steps N] [--at-once N] [--runs N] [--waiting N] [--messages N]
                          [--write]

  --rounds N   How often each contender runs alone (default 30).
  --steps N    How many steps with a tool call a run has (default 20).
  --at-once N  How many runs begin at the same time in the second table (default 50).
  --runs N     How many runs stream at the same time in the third table (default 1000).
  --waiting N  How many approvals wait in the fifth table (default 10000).
  --messages N How many messages are searched in the last table (default 1000000).
  --write      Update docs/benchmarks.md.`;

/** How many texts a response has, 20 a second. */
const TEXTS = 120;
/** How many runs the lost worker has. */
const LOST_RUNS = 5;

/** The time of one step, in milliseconds. */
interface StepTime {
  readonly elapsed: number;
  readonly cpu: number;
}

async function main(): Promise<void> {
  const given = readArguments(HELP, {
    rounds: { preset: 30 },
    steps: { preset: 20 },
    "at-once": { preset: 50 },
    runs: { preset: 1_000 },
    waiting: { preset: 10_000, least: 21 },
    messages: { preset: 1_000_000, least: 100_000 },
  });
  if (given === undefined) return;
  const { rounds, write } = given;
  const report = [...(await measureSteps(given)), ...(await measureScale(given))];
  // At the end, so that the load is that of the measurement.
  report.unshift(
    `Measured ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node}, with a load average of ${(loadavg()[1] ?? 0).toFixed(1)} over five minutes on ${availableParallelism()} processors; ${rounds} rounds.`,
  );
  const text = report.join("\n\n");
  console.log(text);
  if (write) await writeReport("durable result", text);
}

/** The cost of a step, beside that of an agent in memory. */
async function measureSteps({
  rounds,
  steps,
  "at-once": atOnce,
}: Readonly<Record<"rounds" | "steps" | "at-once", number>>): Promise<readonly string[]> {
  const warmUps = 3;
  const contenders = await openContenders(steps, rounds + atOnce + warmUps);
  try {
    for (let number = 0; number < warmUps; number += 1) for (const { run } of contenders) await run();
    const alone = new Map<Contender, StepTime[]>(contenders.map((contender) => [contender, []]));
    // In turn, so that what else the machine does concerns all of them.
    for (let round = 0; round < rounds; round += 1)
      for (const [{ run }, times] of alone) times.push(await measure(run, steps + 1));
    const together: (readonly [Contender, StepTime])[] = [];
    for (const contender of contenders) {
      const runs = (): Promise<unknown> => Promise.all(Array.from({ length: atOnce }, () => contender.run()));
      together.push([contender, await measure(runs, (steps + 1) * atOnce)]);
    }
    return [
      `### One run of ${steps + 1} steps\n\n${aloneTable(alone)}`,
      `### ${atOnce} such runs at the same time in one process\n\n${togetherTable(together)}`,
    ];
  } finally {
    for (const contender of contenders) await contender[Symbol.asyncDispose]();
  }
}

/** Many runs at once, the loss of a worker, and waiting approvals. */
async function measureScale({
  runs,
  waiting,
  messages,
}: Readonly<Record<"runs" | "waiting" | "messages", number>>): Promise<readonly string[]> {
  await using server = await startPostgres({ settings: { fsync: "on" } });
  const many = await measureManyRuns(server, { count: runs, texts: TEXTS });
  const killed = await measureRecovery(server, "SIGKILL", LOST_RUNS);
  const closed = await measureRecovery(server, "SIGTERM", LOST_RUNS);
  const waits = await measureWaiting(server, waiting);
  const store = await measureStore(server, messages);
  return [
    `### ${runs} runs at the same time in one process\n\n${manyRunsTable(many)}`,
    `### A worker is lost\n\n${recoveryTable(killed, closed)}`,
    `### ${waiting} waiting approvals\n\n${waitingTable(waits)}`,
    `### Conversations and sign-ins in a database\n\n${storeTable(store)}`,
  ];
}

async function measure(run: () => Promise<unknown>, steps: number): Promise<StepTime> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const elapsed = performance.now() - start;
  return { elapsed: elapsed / steps, cpu: cpuSince(cpu) / steps };
}

function aloneTable(alone: ReadonlyMap<Contender, readonly StepTime[]>): string {
  const rows = [...alone].map(([{ name }, times]) => [
    name,
    spread(spreadOf(times.map(({ elapsed }) => elapsed))),
    spread(spreadOf(times.map(({ cpu }) => cpu))),
  ]);
  return table(["", "Time per step", "CPU time per step"], [...rows, ["Goal", "≤ 12 ms", "≤ 12 ms"]]);
}

function togetherTable(together: readonly (readonly [Contender, StepTime])[]): string {
  const rows = together.map(([{ name }, { elapsed, cpu }]) => [
    name,
    `${Math.round(1_000 / elapsed)}`,
    `${cpu.toFixed(2)} ms`,
  ]);
  return table(["", "Steps a second", "CPU time per step"], rows);
}

function spread({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} ms (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

await main();
