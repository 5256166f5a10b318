import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { NETWORKS } from "test-support/separate-network";
import { describe, expect, test } from "vitest";
import { setUpCrashes } from "./support/postgres-crashes.ts";

const cutOff = setUpCrashes({ isSeparate: true });

describe("A run on PostgreSQL", needs(POSTGRES, NETWORKS), () => {
  test("gets no result of a worker that is cut off from the database, although it arrives when the network is back", {
    timeout: 90_000,
  }, async () => {
    const { runs, runId } = await cutOff("SIGSTOP", "before settleToolCall");
    const countLate = async (): Promise<number> =>
      (await runs.toolCalls(runId)).filter(({ lateResult }) => lateResult !== undefined).length;
    await expect.poll(countLate, { timeout: 40_000 }).toBeGreaterThan(0);
  });

  test.each([
    "before startModelCall",
    "before settleModelCall",
    "after claimToolCall",
    "before context.append",
    "before save",
    "before end",
  ])(
    "ends like one that was not disturbed if its worker is cut off %s",
    { ...needs(FULL_RUN), timeout: 90_000 },
    async (point) => void (await cutOff("SIGSTOP", point)),
  );
});
