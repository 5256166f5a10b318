import { openPostgres } from "axio-postgres";
import { createSoakAgent } from "./durable-scenario.ts";

// Usage: URL FILE. Continues runs until it is killed.
const [connection = "", file = ""] = process.argv.slice(2);
const database = await openPostgres({ connection, maxConnections: 4 });
createSoakAgent(database, file).work();
