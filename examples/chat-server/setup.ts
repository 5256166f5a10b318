import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import type { CompletionTransport } from "axio";
import { openSessions } from "axio-context-sqlite";
import type { DurableStore } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { CodexTransport } from "axio-transport-codex";
import { OpenAITransport } from "axio-transport-openai";

const { values } = parseArgs({
  options: {
    account: { type: "boolean", default: false },
    database: { type: "string", default: process.env["AXIO_DATABASE_URL"] ?? ".data/chat.db" },
    port: { type: "string", default: "3000" },
    worker: { type: "boolean", default: false },
  },
});

/** The options of the command line. */
export const { account, database, port, worker: isWorker } = values;

/** Opens the store of runs and conversations: a file, or a PostgreSQL database, which workers on many machines can share. */
export async function openStore(): Promise<DurableStore & AsyncDisposable> {
  if (!/^postgres(ql)?:/.test(database)) {
    await mkdir(dirname(database), { recursive: true });
    return openSessions({ path: database });
  }
  // Creating the tables is the work of `axio-postgres migrate` in a real deployment.
  const opened = await openPostgres({ connection: database, migrate: !isWorker });
  return Object.assign(new PostgresSessions(opened), { [Symbol.asyncDispose]: () => opened.close() });
}

/** The user's ChatGPT plan with `--account`, else the simulator that the web server has started. */
export function createTransport(): CompletionTransport {
  if (account) return new CodexTransport();
  const { SIMULATOR_URL: baseUrl, SIMULATOR_KEY: apiKey } = process.env;
  return new OpenAITransport({ baseUrl, apiKey, api: "responses", reasoning: { summary: "auto" } });
}
