import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScriptedTransport } from "axio/testing";
import { DurableAgent, type Engine } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { expect, onTestFinished } from "vitest";
import { bundleScript } from "../bundle-script.ts";
import { startPostgres } from "../postgres.ts";
import type { ConnectEngine } from "./worker.ts";

/** An engine, and how its first worker is lost. */
export interface TakeOver {
  /** The path of a script that calls `runEngineWorker()`. */
  readonly worker: string;
  readonly connect: (...args: Parameters<ConnectEngine>) => Promise<Engine & { close(): Promise<void> }>;
  /** Ends or suspends the first worker. */
  readonly signal: "SIGKILL" | "SIGSTOP";
  /** A query for the input of the engine's workflows. */
  readonly inputs: string;
}

/** Lets one process lose a run in the middle of two tools, and another one finish it. */
export async function expectTakeOver({ worker, connect, signal, inputs }: TakeOver): Promise<void> {
  const server = await startPostgres();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const directory = mkdtempSync(join(tmpdir(), "axio-engine-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [connection, file] = [await server.createDatabase(), join(directory, "effects")];
  const database = await openPostgres({ connection, migrate: true });
  onTestFinished(() => database.close());
  const store = new PostgresSessions(database);
  const engine = await connect(store.runs, connection);
  onTestFinished(() => engine.close());
  const agent = new DurableAgent({ transport: new ScriptedTransport([]), store, engine });
  const { id, conversationId } = await agent.start("Do both.");

  const script = await bundleScript(worker);
  const work = (...args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [script, connection, file, ...args], { stdio: "inherit" });
    onTestFinished(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    });
    return child;
  };
  const effects = (): readonly string[] =>
    existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").sort() : [];
  const first = work(signal);
  if (signal === "SIGKILL") expect(await once(first, "exit")).toEqual([null, "SIGKILL"]);
  else await expect.poll(effects, { timeout: 60_000 }).toHaveLength(2);
  work();
  const events = [];
  for await (const { event } of agent.observe(id)) events.push(event);
  expect(events.at(-1)).toMatchObject({ type: "run-end", reason: "end", steps: 2 });
  const results = events.flatMap((event) => (event.type === "tool-result" ? event.toolCallId : []));
  expect(results.sort()).toEqual(["call-none", "call-once"]);
  const stored = async (): Promise<readonly string[]> =>
    (await store.runs.toolCalls(id))
      .map(({ name, status, attempt }) => `${name} ${status} ${attempt}`)
      .sort();
  expect(await stored()).toEqual(["do_none settled 2", "do_once unknown 1"]);
  expect(effects()).toEqual([`none ${id}.1.0`, `none ${id}.1.0`, `once ${id}.1.1`]);
  const history = JSON.stringify(await (await store.open(conversationId)).history());
  expect(history).toContain("outcome is unknown");

  if (signal === "SIGSTOP") {
    const exit = once(first, "exit");
    first.kill("SIGCONT");
    expect(await exit).toEqual([0, null]);
    expect(await stored()).toEqual(["do_none settled 2", "do_once unknown 1"]);
    expect(JSON.stringify(await (await store.open(conversationId)).history())).toBe(history);
  }
  // The engine has ids only.
  expect(await server.sql(inputs, new URL(connection).pathname.slice(1))).not.toContain("Do both");
}
