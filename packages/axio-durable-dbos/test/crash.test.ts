import { fileURLToPath } from "node:url";
import { DbosEngine } from "axio-durable-dbos";
import { expectTakeOver, type TakeOver } from "test-support/engine-crash/take-over";
import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { test } from "vitest";

const ENGINE: Omit<TakeOver, "signal"> = {
  worker: fileURLToPath(new URL("./support/worker.ts", import.meta.url)),
  connect: (runs, connection) => DbosEngine.connect(runs, { connection }),
  inputs: "SELECT string_agg(workflow_input::text, '') FROM dbos.workflow_input",
};

test("another process takes over when a worker is killed, and each call has one result", {
  ...needs(POSTGRES),
  timeout: 180_000,
}, async () => {
  await expectTakeOver({ ...ENGINE, signal: "SIGKILL" });
});

test("a worker that was suspended for longer than its lease changes nothing when it goes on", {
  ...needs(POSTGRES, FULL_RUN),
  timeout: 180_000,
}, async () => {
  await expectTakeOver({ ...ENGINE, signal: "SIGSTOP" });
});
