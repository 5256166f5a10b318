// A conversation in a file, continued after it was opened again.
import { join } from "node:path";
import { Agent } from "axio";
import { openSessions } from "axio-context-sqlite";
import { CodexTransport } from "axio-transport-codex";
import { connection, DIRECTORY } from "./environment.ts";

const path = join(DIRECTORY, "sessions.db");
const agent = new Agent({ transport: new CodexTransport(connection) });
let sessions = await openSessions({ path });
const { id } = await sessions.create();
await agent.run("say Hello, Ada.", { context: await sessions.open(id) });
await sessions.close();

sessions = await openSessions({ path });
await agent.run("say Welcome back.", { context: await sessions.open(id) });
const [found] = await sessions.list({ search: "welcome" });
console.log(found?.id === id, found?.messageCount);
await sessions.close();
