import { isWorker } from "./setup.ts";

// One program for both: the web server starts its workers with --worker.
await (isWorker ? import("./worker.ts") : import("./server.ts"));
