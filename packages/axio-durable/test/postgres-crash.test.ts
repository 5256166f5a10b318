import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, LINUX, needs, POSIX } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { setUpCrashes } from "./support/postgres-crashes.ts";

const loseWorker = setUpCrashes();

// All points are in postgres-crash.load.test.ts.
describe("A run on PostgreSQL", needs(POSTGRES, POSIX), () => {
  const options = { timeout: 60_000 };
  const title = "whose worker is killed %s ends like one that was not disturbed";
  const kill = async (point: string): Promise<void> => void (await loseWorker("SIGKILL", point));
  test.each(["in response", "after effect"])(title, options, kill);
  test.each(["after claimToolCall", "before save"])(title, { ...options, ...needs(FULL_RUN) }, kill);

  test("gets no response of a worker that was suspended for longer than its lease", {
    ...needs(LINUX, FULL_RUN),
    timeout: 60_000,
  }, async () => {
    const { runs, runId } = await loseWorker("SIGSTOP", "before settleModelCall");
    expect(await runs.modelCall(runId, 1)).toMatchObject({ attempt: 2 });
  });

  test("gets no result of a worker that was suspended for longer than its lease, but keeps it for users", {
    ...needs(LINUX),
    timeout: 60_000,
  }, async () => {
    const { runs, runId } = await loseWorker("SIGSTOP", "before settleToolCall");
    const late = (await runs.toolCalls(runId)).filter(({ lateResult }) => lateResult !== undefined);
    expect(late.length).toBeGreaterThan(0);
    for (const { effect, lateResult } of late) expect(lateResult).toMatchObject({ content: `did ${effect}` });
  });
});
