// Durable runs on PostgreSQL while workers are killed and suspended and the database crashes: every run ends, each booking is
// there once, nothing is sent twice, and the tables are empty after retention. Run: npm run bench:durable-soak -- [RUNS]

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { startPostgres } from "test-support/postgres";
import { createSoakAgent } from "./durable-scenario.ts";

const RUNS = Number(process.argv[2] ?? 200);
const AT_ONCE = 40;
const WORKERS = 3;
const FAULT_EVERY_MS = 1_500;
const SUSPENDED_MS = 4_000;
/** Each so-many faults, the database crashes. */
const CRASH_EVERY = 8;
const MAX_GROWTH = 1.1;
const MAX_MS = 240_000;
const WORKER = fileURLToPath(new URL("./durable-worker.ts", import.meta.url));

const collect = globalThis.gc;
if (collect === undefined) throw new Error("Run this with --expose-gc.");

const folder = mkdtempSync(join(tmpdir(), "axio-soak-"));
const file = join(folder, "sent");
const workers: ChildProcess[] = [];
await using server = await startPostgres();
await using database = await openPostgres({ connection: server.url(), migrate: true });
await server.sql("CREATE TABLE booking (key text)");
const agent = createSoakAgent(database, file);
const store = new PostgresSessions(database);
const begunAt = performance.now();
const controller = new AbortController();
const counts = { killed: 0, suspended: 0, crashes: 0 };

try {
  const worker = agent.work();
  // The first runs compile code and fill pools.
  await runAll(RUNS / 4);
  const startMb = usedMb(collect);
  for (let number = 0; number < WORKERS; number += 1) workers.push(startWorker());
  const faults = disturb(controller.signal);
  await runAll(RUNS);
  controller.abort();
  await faults;
  const endMb = usedMb(collect);
  await worker.close();
  for (const each of workers) each.kill("SIGKILL");
  report(await findProblems(), startMb, endMb);
} finally {
  for (const each of workers) each.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}

function startWorker(): ChildProcess {
  return spawn(process.execPath, [...process.execArgv, WORKER, server.url(), file], { stdio: "inherit" });
}

/** Runs to the end, some at a time. */
async function runAll(count: number): Promise<void> {
  let left = count;
  const next = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { id } = await untilAvailable(() => agent.start("Book and send."));
      while ((await untilAvailable(() => agent.run(id)))?.endedAt === undefined) await sleep(50);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** Repeats a call while the database is away. */
async function untilAvailable<T>(call: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await call();
    } catch (error) {
      if (performance.now() - begunAt > MAX_MS) throw error;
      await sleep(100);
    }
}

/** Kills and suspends workers in turn, and lets the database crash. */
async function disturb(signal: AbortSignal): Promise<void> {
  for (let number = 1; !signal.aborted; number += 1) {
    await sleep(FAULT_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (performance.now() - begunAt > MAX_MS) throw new Error(`The runs take longer than ${MAX_MS} ms.`);
    const index = number % WORKERS;
    if (number % CRASH_EVERY === 0) {
      counts.crashes += 1;
      await server.restart("immediate");
    } else if (number % 3 === 0) {
      counts.suspended += 1;
      const worker = workers[index];
      worker?.kill("SIGSTOP");
      await sleep(SUSPENDED_MS);
      worker?.kill("SIGCONT");
    } else {
      counts.killed += 1;
      workers[index]?.kill("SIGKILL");
      workers[index] = startWorker();
    }
  }
}

async function findProblems(): Promise<readonly string[]> {
  const total = RUNS + RUNS / 4;
  const sent = readFileSync(file, "utf8").trim().split("\n");
  const checks: readonly (readonly [string, string, string])[] = [
    [
      "runs that are done",
      await server.sql("SELECT count(*) FROM axio.run WHERE status = 'done'"),
      `${total}`,
    ],
    ["bookings", await server.sql("SELECT count(*) FROM booking"), `${total}`],
    ["booked runs", await server.sql("SELECT count(DISTINCT key) FROM booking"), `${total}`],
    [
      "conversations without 4 messages",
      await server.sql("SELECT count(*) FROM axio.session WHERE count <> 4"),
      "0",
    ],
    ["sent twice", `${sent.length - new Set(sent).size}`, "0"],
    [
      "calls without a line in the file that are not called unknown",
      await server.sql(
        `SELECT count(*) FROM axio.tool_call WHERE effect = 'once' AND status <> 'unknown'
           AND run || '.' || key NOT IN (${sent.map((key) => `'${key}'`).join()})`,
      ),
      "0",
    ],
    [
      "sessions idle in a transaction",
      await server.sql("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"),
      "0",
    ],
  ];
  const problems = checks.flatMap(([name, value, expected]) =>
    value === expected ? [] : [`${name}: ${value}, expected ${expected}`],
  );
  const unknown = await server.sql("SELECT count(*) FROM axio.tool_call WHERE status = 'unknown'");
  console.log(`calls whose outcome was reported as unknown: ${unknown}`);
  const tomorrow = Date.now() + 86_400_000;
  await store.runs.delete({ endedBefore: tomorrow });
  await store.events.prune(tomorrow);
  for (const table of ["run", "model_call", "tool_call", "event_chunk"]) {
    const left = await server.sql(`SELECT count(*) FROM axio.${table}`);
    if (left !== "0") problems.push(`rows of ${table} after retention: ${left}`);
  }
  return problems;
}

function report(problems: readonly string[], startMb: number, endMb: number): void {
  const isFlat = endMb <= startMb * MAX_GROWTH;
  const seconds = (performance.now() - begunAt) / 1_000;
  console.log(
    `${RUNS} runs, ${AT_ONCE} at a time, ${counts.killed} workers killed, ${counts.suspended} suspended, ${counts.crashes} crashes of the database, in ${seconds.toFixed(0)} s`,
  );
  console.log(`unexpected: ${problems.length}`);
  for (const problem of problems) console.log(`  ${problem}`);
  console.log(
    `heap: ${startMb.toFixed(1)} MB before, ${endMb.toFixed(1)} MB after: ${isFlat ? "flat" : "GROWN"}`,
  );
  process.exitCode = problems.length === 0 && isFlat ? 0 : 1;
}

function usedMb(gc: NonNullable<typeof globalThis.gc>): number {
  gc();
  return process.memoryUsage().heapUsed / 1_024 / 1_024;
}
