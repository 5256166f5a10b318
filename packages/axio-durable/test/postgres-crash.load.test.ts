import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, LINUX, needs, POSIX } from "test-support/requirements";
import { describe, test } from "vitest";
import { LATER_POINTS, POINTS } from "./support/crash-runs.ts";
import { setUpCrashes } from "./support/postgres-crashes.ts";

const loseWorker = setUpCrashes();
const ALL = [...POINTS.map((point) => [point, 1] as const), ...LATER_POINTS];

describe("A run on PostgreSQL", needs(POSTGRES, FULL_RUN, POSIX), () => {
  test.each(ALL)(
    "whose worker is killed %s, time %i, ends like one that was not disturbed",
    { timeout: 60_000 },
    async (point, count) => void (await loseWorker("SIGKILL", point, count)),
  );

  test.each(ALL)(
    "is not changed by a worker that was suspended %s, time %i, for longer than its lease",
    { ...needs(LINUX), timeout: 90_000 },
    async (point, count) => void (await loseWorker("SIGSTOP", point, count)),
  );
});
