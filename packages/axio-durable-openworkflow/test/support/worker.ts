import { OpenWorkflowEngine } from "axio-durable-openworkflow";
import { runEngineWorker } from "test-support/engine-crash/worker";

await runEngineWorker((runs, connection) => OpenWorkflowEngine.connect(runs, { connection }));
