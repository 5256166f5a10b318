import { setTimeout as sleep } from "node:timers/promises";
import { defineTool } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { DurableAgent } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";
import pg from "pg";
import type { PostgresServer } from "test-support/postgres";
import { cpuSince } from "./cpu-time.ts";

/** The cost of waiting approvals. */
export interface Waiting {
  readonly count: number;
  /** Statements a second of one idle worker. */
  readonly statements: number;
  /** The CPU time of that worker, in milliseconds a second. */
  readonly idleCpu: number;
  /** The size of the database, in bytes for each of them. */
  readonly bytes: number;
  /** Milliseconds from a decision to the end of its run, which has one more step. */
  readonly wakes: readonly number[];
  /** CPU time of such a wake, in milliseconds. */
  readonly wakeCpu: number;
}

const REST_MS = 5_000;
const WOKEN = 20;

/** Measures a worker beside `count` runs that wait for an approval, and what it costs to decide some of them. */
export async function measureWaiting(server: PostgresServer, count: number): Promise<Waiting> {
  const connection = await server.createDatabase();
  const name = new URL(connection).pathname.slice(1);
  const pool = new pg.Pool({ connectionString: connection });
  try {
    await using database = await openPostgres({ connection: pool, notifications: connection, migrate: true });
    const agent = new DurableAgent({
      transport: new ScriptedTransport([
        ...Array.from({ length: WOKEN }, (_, number) => toolAnswer(toolUse(`call-${number}`, "pay"))),
        ...Array.from({ length: WOKEN }, () => textAnswer("Paid.")),
      ]),
      store: new PostgresSessions(database),
      tools: [
        defineTool({
          name: "pay",
          description: "Pays.",
          inputSchema: { type: "object", properties: {} },
          execute: () => "paid",
        }),
      ],
      guards: [() => ({ action: "ask", question: "Pay?" })],
    });
    const empty = await sizeOf(server, name);
    const runs = await Promise.all(Array.from({ length: WOKEN }, () => agent.start("Pay.")));
    let worker = agent.work();
    for (const { id } of runs) while ((await agent.run(id))?.status !== "waiting") await sleep(20);
    await worker.close();
    await server.sql(copies(count - WOKEN), name);
    const bytes = ((await sizeOf(server, name)) - empty) / count;
    worker = agent.work();
    // Its first look.
    await sleep(1_000);
    let statements = 0;
    const acquired = (): void => {
      statements += 1;
    };
    pool.on("acquire", acquired);
    const idle = process.cpuUsage();
    await sleep(REST_MS);
    pool.off("acquire", acquired);
    const idleCpu = cpuSince(idle) / (REST_MS / 1_000);
    const wakes: number[] = [];
    const wake = process.cpuUsage();
    for (const { id } of runs) {
      const [approval] = await agent.approvals.list({ runId: id, open: true });
      const start = performance.now();
      await agent.approvals.decide(approval?.id ?? "", { action: "allow" });
      for await (const { event } of agent.observe(id))
        if (event.type === "run-end") wakes.push(performance.now() - start);
    }
    const wakeCpu = cpuSince(wake) / WOKEN;
    await worker.close();
    return { count, statements: statements / (REST_MS / 1_000), idleCpu, bytes, wakes, wakeCpu };
  } finally {
    await pool.end();
  }
}

/** SQL that copies a waiting run with its conversation and question. */
function copies(count: number): string {
  const columns = (names: string): string => names.replaceAll("ID", "'copy-' || n");
  const copy = (table: string, target: string, source: string): string =>
    `INSERT INTO axio.${table} (${target}) SELECT ${columns(source)}
     FROM generate_series(1, ${count}) AS n, (SELECT * FROM axio.${table} LIMIT 1) AS one;`;
  return [
    copy(
      "run",
      "space, id, conversation, status, state, prompt, epoch, created_at, updated_at",
      "space, ID, conversation, status, state, prompt, epoch, created_at, updated_at",
    ),
    copy("model_call", "space, run, step, attempt, response", "space, ID, step, attempt, response"),
    copy(
      "approval",
      "space, id, run, conversation, question, asked_at",
      "space, ID, ID, conversation, question, asked_at",
    ),
    "ANALYZE;",
  ].join("\n");
}

async function sizeOf(server: PostgresServer, name: string): Promise<number> {
  return Number(await server.sql(`SELECT pg_database_size('${name}')`));
}
