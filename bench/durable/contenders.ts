import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, defineTool, type StreamRequest, type TransportEvent } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { openSessions } from "axio-context-sqlite";
import { DurableAgent, type DurableStore, MemoryDurableStore } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { startPostgres } from "test-support/postgres";

/** Something that runs an agent. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  /** One run: steps with a tool call each, and a last one with a text. */
  readonly run: () => Promise<void>;
}

const tool = defineTool({
  name: "count",
  description: "Counts.",
  inputSchema: { type: "object", properties: { number: { type: "integer" } } },
  effect: "idempotent",
  execute: ({ number }) => `counted ${String(number)}`,
});

/** A model without state: it answers by the number of results in the history. */
function transport(toolSteps: number, runs: number): ScriptedTransport {
  const answer = async function* ({ messages }: StreamRequest): AsyncGenerator<TransportEvent> {
    const results = messages.filter(({ content }) =>
      content.some(({ type }) => type === "tool-result"),
    ).length;
    yield* results < toolSteps
      ? toolAnswer(toolUse(`call-${results}`, "count", { number: results }))
      : textAnswer("That is all.");
  };
  return new ScriptedTransport(Array.from({ length: runs * (toolSteps + 1) }, () => answer));
}

/** Opens the contenders: in memory, and durable on each store. */
export async function openContenders(toolSteps: number, runs: number): Promise<readonly Contender[]> {
  const options = { tools: [tool], maxSteps: toolSteps + 2 };
  const durable = (name: string, store: DurableStore, close: () => Promise<void>): Contender => {
    const agent = new DurableAgent({ ...options, transport: transport(toolSteps, runs), store });
    const worker = agent.work();
    return {
      name,
      run: async () => {
        const { id } = await agent.start("Count.");
        for await (const { event } of agent.observe(id))
          if (event.type === "run-end" && event.reason !== "end") throw new Error(`${name}: ${event.reason}`);
      },
      [Symbol.asyncDispose]: async () => {
        await worker.close();
        await close();
      },
    };
  };
  const agent = new Agent({ ...options, transport: transport(toolSteps, runs) });
  const folder = await mkdtemp(join(tmpdir(), "axio-bench-"));
  const file = await openSessions({ path: join(folder, "runs.db") });
  // As on a real server: a commit is on the disk.
  const server = await startPostgres({ settings: { fsync: "on" } });
  const database = await openPostgres({ connection: await server.createDatabase(), migrate: true });
  return [
    {
      name: "In memory: `Agent`",
      run: async () => {
        const { endReason } = await agent.run("Count.");
        if (endReason !== "end") throw new Error(`In memory: ${endReason}`);
      },
      [Symbol.asyncDispose]: async () => undefined,
    },
    durable("Durable, store in memory", new MemoryDurableStore(), async () => undefined),
    durable("Durable on SQLite", file, async () => {
      await file.close();
      await rm(folder, { recursive: true, force: true });
    }),
    durable("Durable on PostgreSQL", new PostgresSessions(database), async () => {
      await database.close();
      await server[Symbol.asyncDispose]();
    }),
  ];
}
