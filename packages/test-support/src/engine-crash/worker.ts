import { appendFileSync } from "node:fs";
import { defineTool, type ToolEffect } from "axio";
import type { RunStore } from "axio/runs";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { DurableAgent, type Engine } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";

/** How the engine of a test connects to a database. */
export type ConnectEngine = (runs: RunStore, connection: string) => Promise<Engine>;

/**
 * Continues runs in a process of its own. Its arguments are the URL of the database, the file of the effects, and a signal that it
 * sends to itself when both tools have begun, if any.
 */
export async function runEngineWorker(connect: ConnectEngine): Promise<void> {
  const [connection = "", file = "", signal] = process.argv.slice(2);
  let begun = 0;
  let goOn: (value: unknown) => void = () => undefined;
  const continued = new Promise((resolve) => {
    goOn = resolve;
  });
  const tool = (effect: ToolEffect): ReturnType<typeof defineTool> =>
    defineTool({
      name: `do_${effect}`,
      description: "Adds a line to a file.",
      inputSchema: { type: "object", properties: {} },
      effect,
      execute: async (_input, { idempotencyKey }) => {
        appendFileSync(file, `${effect} ${idempotencyKey}\n`);
        begun += 1;
        if (signal !== undefined && begun === 2) {
          process.kill(process.pid, signal);
          // The signal takes effect before any timer.
          setTimeout(goOn, 1_000);
        }
        if (signal !== undefined) await continued;
        return `did ${effect}`;
      },
    });
  const calls = toolAnswer(toolUse("call-none", "do_none", {}), toolUse("call-once", "do_once", {}));
  const store = new PostgresSessions(await openPostgres({ connection }));
  const agent = new DurableAgent({
    transport: new ScriptedTransport(signal === undefined ? [textAnswer("Done.")] : [calls]),
    tools: [tool("none"), tool("once")],
    store,
    engine: await connect(store.runs, connection),
  });
  const worker = agent.work();
  if (signal === undefined) return;
  // It goes on after it was suspended, and tries to store its results.
  await continued;
  await worker.close();
  process.exit();
}
