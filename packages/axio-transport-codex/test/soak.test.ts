import { soak } from "test-support/soak";
import { expect, test } from "vitest";
import { connection, simulate } from "./support.ts";

// The long form, which measures memory and handles too: npm run bench:soak.
test("60 runs, 20 at a time, 20 % of the calls faulty, end as expected", async () => {
  const simulator = await simulate();
  const result = await soak({ runs: 60, atOnce: 20, faulty: 0.2, connection: connection(simulator) });
  expect(result.problems).toEqual([]);
  expect(result.faults).toBeGreaterThan(10);
  expect(simulator.stats.openStreams).toBe(0);
});
