// 500 agent runs in one process, 50 at a time, 20 % of the requests faulty: every run ends as expected, and memory and open
// handles return to their initial level. Run: npm run bench:soak

import { setTimeout as wait } from "node:timers/promises";
import { soak } from "test-support/soak";
import { spawnSimulator } from "./spawn-simulator.ts";

const RUNS = 500;
const AT_ONCE = 50;
const FAULTY = 0.2;
/** The memory limit, relative to the memory after the warm-up. */
const MAX_GROWTH = 1.1;
/** `fetch` keeps idle connections open for some seconds. */
const SETTLE_TIMEOUT_MS = 15_000;

const collect = globalThis.gc;
if (collect === undefined) throw new Error("Run this with --expose-gc.");

const simulator = await spawnSimulator();
const connection = {
  credentials: simulator.credentials,
  baseUrl: simulator.baseUrl,
  issuer: simulator.issuer,
};
// The first runs compile code and fill pools, which is not a leak.
await soak({ runs: RUNS / 2, atOnce: AT_ONCE, faulty: FAULTY, connection });
const startMb = await usedMb(collect);
const handlesBefore = await settledHandles(Number.POSITIVE_INFINITY);
const begunAt = performance.now();
const { runs, faults, problems } = await soak({ runs: RUNS, atOnce: AT_ONCE, faulty: FAULTY, connection });
const seconds = (performance.now() - begunAt) / 1000;
const endMb = await usedMb(collect);
const handles = await settledHandles(handlesBefore);
await simulator.close();

const flat = endMb <= startMb * MAX_GROWTH;
console.log(
  `${runs} runs, ${AT_ONCE} at a time, ${faults} of ${runs * 2} calls faulty, in ${seconds.toFixed(1)} s`,
);
console.log(`unexpected: ${problems.length}`);
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

/** Counts the handles that keep the process alive, once there are at most `enough` or the number is stable. */
async function settledHandles(enough: number): Promise<number> {
  const until = performance.now() + SETTLE_TIMEOUT_MS;
  const count = (): number =>
    process.getActiveResourcesInfo().filter((type) => type !== "Immediate" && type !== "Timeout").length;
  if (enough === Number.POSITIVE_INFINITY) await wait(6_000);
  while (count() > enough && performance.now() < until) await wait(200);
  return count();
}
