import { once } from "node:events";
import type { TransportEvent } from "axio";
import { ScriptedTransport } from "axio/testing";
import { DurableAgent } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";

// Usage: URL. A worker whose responses begin, and never end. Prints a line for each. Gives its runs back at SIGTERM.
const [connection = ""] = process.argv.slice(2);
const database = await openPostgres({ connection });
const begin = async function* ({
  signal,
}: {
  readonly signal?: AbortSignal | undefined;
}): AsyncGenerator<TransportEvent> {
  yield { type: "text-delta", index: 0, delta: "I begin" };
  console.log("begun");
  if (signal !== undefined) await once(signal, "abort");
};
const transport = new ScriptedTransport(Array.from({ length: 100 }, () => begin));
const worker = new DurableAgent({ transport, store: new PostgresSessions(database) }).work();
await once(process, "SIGTERM");
await worker.close();
await database.close();
