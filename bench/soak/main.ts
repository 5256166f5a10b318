// 500 agent runs at 50 at a time, 20 % of the calls faulty, through one process: every run ends as it should, memory stays
// flat, and what keeps the process alive is back to what it was. Run: npm run bench:soak

import { setTimeout as wait } from "node:timers/promises";
import { soak } from "test-support/soak";
import { spawnSimulator } from "./spawn-simulator.ts";

const RUNS = 500;
const AT_ONCE = 50;
const FAULTY = 0.2;
/** How much more memory may be in use at the end than after the first rounds. */
const GROWTH = 1.1;
/** `fetch` keeps idle connections for some seconds. */
const PATIENCE_MS = 15_000;

const collect = globalThis.gc;
if (collect === undefined) throw new Error("Run it with --expose-gc.");

const simulator = await spawnSimulator();
const connection = {
  credentials: simulator.credentials,
  baseUrl: simulator.baseUrl,
  issuer: simulator.issuer,
};
// Code is compiled and pools are filled with the first runs, which is no leak.
await soak({ runs: RUNS / 2, atOnce: AT_ONCE, faulty: FAULTY, connection });
const startMb = await usedMb(collect);
const handlesBefore = await settledHandles(Number.POSITIVE_INFINITY);
const begunAt = performance.now();
const { runs, faults, problems } = await soak({ runs: RUNS, atOnce: AT_ONCE, faulty: FAULTY, connection });
const seconds = (performance.now() - begunAt) / 1000;
const endMb = await usedMb(collect);
const handles = await settledHandles(handlesBefore);
await simulator.close();

const flat = endMb <= startMb * GROWTH;
console.log(
  `${runs} runs, ${AT_ONCE} at a time, ${faults} of ${runs * 2} calls faulty, in ${seconds.toFixed(1)} s`,
);
console.log(`not as they should: ${problems.length}`);
for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
console.log(
  `heap: ${startMb.toFixed(1)} MB before, ${endMb.toFixed(1)} MB after: ${flat ? "flat" : "GROWN"}`,
);
console.log(`handles: ${handlesBefore} before, ${handles} after`);
process.exitCode = problems.length === 0 && flat && handles <= handlesBefore ? 0 : 1;

async function usedMb(gc: NonNullable<typeof globalThis.gc>): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await wait(50);
    gc();
  }
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/** How much keeps the process alive, once it is at most `enough` or does not change any more. */
async function settledHandles(enough: number): Promise<number> {
  const until = performance.now() + PATIENCE_MS;
  const count = (): number =>
    process.getActiveResourcesInfo().filter((type) => type !== "Immediate" && type !== "Timeout").length;
  if (enough === Number.POSITIVE_INFINITY) await wait(6_000);
  while (count() > enough && performance.now() < until) await wait(200);
  return count();
}
