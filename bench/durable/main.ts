import { availableParallelism, loadavg } from "node:os";
import { table } from "../src/markdown-table.ts";
import { readArguments } from "../src/read-arguments.ts";
import { type Spread, spreadOf } from "../src/statistics.ts";
import { writeReport } from "../src/write-report.ts";
import { type Contender, openContenders } from "./contenders.ts";

const HELP = `Usage: npm run durable -- [--rounds N] [--steps N] [--at-once N] [--write]

  --rounds N   How often each contender runs alone (default 30).
  --steps N    How many steps with a tool call a run has (default 20).
  --at-once N  How many runs begin at the same time in the second table (default 50).
  --write      Update docs/benchmarks.md.`;

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
  });
  if (given === undefined) return;
  const { rounds, steps, write, "at-once": atOnce } = given;
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
    const report = [
      `Measured ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node}, with a load average of ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} processors; ${rounds} rounds.`,
      `### One run of ${steps + 1} steps\n\n${aloneTable(alone)}`,
      `### ${atOnce} such runs at the same time in one process\n\n${togetherTable(together)}`,
    ].join("\n\n");
    console.log(report);
    if (write) await writeReport("durable result", report);
  } finally {
    for (const contender of contenders) await contender[Symbol.asyncDispose]();
  }
}

async function measure(run: () => Promise<unknown>, steps: number): Promise<StepTime> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { elapsed: elapsed / steps, cpu: (user + system) / 1_000 / steps };
}

function aloneTable(alone: ReadonlyMap<Contender, readonly StepTime[]>): string {
  const rows = [...alone].map(([{ name }, times]) => [
    name,
    spread(spreadOf(times.map(({ elapsed }) => elapsed))),
    spread(spreadOf(times.map(({ cpu }) => cpu))),
  ]);
  return table(["", "Time per step", "CPU time per step"], rows);
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
