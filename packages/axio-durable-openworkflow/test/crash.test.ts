import { fileURLToPath } from "node:url";
import { OpenWorkflowEngine } from "axio-durable-openworkflow";
import { expectTakeOver } from "test-support/engine-crash/take-over";
import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { test } from "vitest";

// OpenWorkflow's lease lasts 30 seconds, which cannot be changed.
test("another process takes over when a worker is killed, and each call has one result", {
  ...needs(POSTGRES, FULL_RUN),
  timeout: 180_000,
}, async () => {
  await expectTakeOver({
    worker: fileURLToPath(new URL("./support/worker.ts", import.meta.url)),
    connect: (runs, connection) => OpenWorkflowEngine.connect(runs, { connection }),
    signal: "SIGKILL",
    inputs: "SELECT string_agg(input::text, '') FROM axio_engine.workflow_runs",
  });
});
