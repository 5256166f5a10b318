import { DbosEngine } from "axio-durable-dbos";
import { runEngineWorker } from "test-support/engine-crash/worker";

await runEngineWorker((runs, connection) => DbosEngine.connect(runs, { connection, leaseMs: 1_000 }));
