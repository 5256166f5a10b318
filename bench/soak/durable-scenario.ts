import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineTool, type StreamRequest, type TransportEvent } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { DurableAgent, LeaseEngine } from "axio-durable";
import { type PostgresDatabase, PostgresSessions, type Queries } from "axio-postgres";

/** Short, so that the runs of a lost worker are continued soon. */
const LEASE_MS = 3_000;
const PAUSE_MS = 30;

/** An agent that books (in a transaction, in the table `booking`), sends (once, a line in a file), and says so. */
export function createSoakAgent(database: PostgresDatabase, file: string): DurableAgent {
  const store = new PostgresSessions(database);
  const answer = async function* ({ messages }: StreamRequest): AsyncGenerator<TransportEvent> {
    const isAnswered = messages.some(({ content }) => content.some(({ type }) => type === "tool-result"));
    const events = isAnswered
      ? textAnswer("It is booked and sent.")
      : toolAnswer(toolUse("call-book", "book"), toolUse("call-send", "send"));
    for (const event of events) {
      yield event;
      await sleep(Math.random() * PAUSE_MS);
    }
  };
  // Keeps no requests.
  const { name, model, models } = new ScriptedTransport([]);
  const nothing = { type: "object", properties: {} } as const;
  return new DurableAgent({
    transport: { name, model, models, stream: answer },
    store,
    engine: new LeaseEngine(store.runs, { leaseMs: LEASE_MS, pollMs: 200 }),
    tools: [
      defineTool({
        name: "book",
        description: "Books.",
        inputSchema: nothing,
        effect: "transaction",
        execute: async (_input, { sql, idempotencyKey }) => {
          await (sql as Queries)`INSERT INTO booking VALUES (${idempotencyKey})`;
          return "booked";
        },
      }),
      defineTool({
        name: "send",
        description: "Sends.",
        inputSchema: nothing,
        effect: "once",
        execute: (_input, { idempotencyKey }) => {
          appendFileSync(file, `${idempotencyKey}\n`);
          return "sent";
        },
      }),
    ],
  });
}
