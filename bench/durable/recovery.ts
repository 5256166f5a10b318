import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { DurableAgent } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";
import type { PostgresServer } from "test-support/postgres";

const WORKER = fileURLToPath(new URL("./recovering-worker.ts", import.meta.url));

/**
 * Ends a worker that has `count` runs, with another one beside it. Returns the milliseconds from the signal to the end of each
 * run.
 */
export async function measureRecovery(
  server: PostgresServer,
  signal: "SIGKILL" | "SIGTERM",
  count: number,
): Promise<readonly number[]> {
  const connection = await server.createDatabase();
  await using database = await openPostgres({ connection, migrate: true });
  const answers = Array.from({ length: count }, () => textAnswer("I have ended."));
  const agent = new DurableAgent({
    transport: new ScriptedTransport(answers),
    store: new PostgresSessions(database),
  });
  const runs = await Promise.all(Array.from({ length: count }, () => agent.start("Begin.")));
  const lost = spawn(process.execPath, [...process.execArgv, WORKER, connection], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(lost, "exit");
  let begun = 0;
  for await (const _line of createInterface({ input: lost.stdout })) {
    begun += 1;
    if (begun === count) break;
  }
  const worker = agent.work();
  const start = performance.now();
  lost.kill(signal);
  const times = await Promise.all(
    runs.map(async ({ id }) => {
      for await (const { event } of agent.observe(id))
        if (event.type === "run-end" && event.reason !== "end")
          throw new Error(`A run ended: ${event.reason}`);
      return performance.now() - start;
    }),
  );
  await worker.close();
  await exit;
  return times;
}
