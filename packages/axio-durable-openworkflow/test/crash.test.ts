import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ScriptedTransport } from "axio/testing";
import { DurableAgent } from "axio-durable";
import { OpenWorkflowEngine } from "axio-durable-openworkflow";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { bundleScript } from "test-support/bundle-script";
import { POSTGRES, startPostgres } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { expect, onTestFinished, test } from "vitest";

// OpenWorkflow's lease lasts 30 seconds, which cannot be changed.
test("another process takes over when a worker is killed, and each call has one result", {
  ...needs(POSTGRES, FULL_RUN),
  timeout: 180_000,
}, async () => {
  const server = await startPostgres();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const directory = mkdtempSync(join(tmpdir(), "axio-openworkflow-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [connection, file] = [await server.createDatabase(), join(directory, "effects")];
  const database = await openPostgres({ connection, migrate: true });
  onTestFinished(() => database.close());
  const store = new PostgresSessions(database);
  const engine = await OpenWorkflowEngine.connect(store.runs, { connection });
  onTestFinished(() => engine.close());
  const agent = new DurableAgent({ transport: new ScriptedTransport([]), store, engine });
  const { id, conversationId } = await agent.start("Do both.");

  const script = await bundleScript(fileURLToPath(new URL("./support/worker.ts", import.meta.url)));
  const work = (...args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [script, connection, file, ...args], { stdio: "inherit" });
    onTestFinished(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    });
    return child;
  };
  const [, signal] = await once(work("kill"), "exit");
  expect(signal).toBe("SIGKILL");
  work();
  const events = [];
  for await (const { event } of agent.observe(id)) events.push(event);
  expect(events.at(-1)).toMatchObject({ type: "run-end", reason: "end", steps: 2 });
  const results = events.flatMap((event) => (event.type === "tool-result" ? event.toolCallId : []));
  expect(results.sort()).toEqual(["call-none", "call-once"]);
  const calls = (await store.runs.toolCalls(id)).map(
    ({ name, status, attempt }) => `${name} ${status} ${attempt}`,
  );
  expect(calls.sort()).toEqual(["do_none settled 2", "do_once unknown 1"]);
  const effects = readFileSync(file, "utf8").trim().split("\n");
  expect(effects.sort()).toEqual([`none ${id}.1.0`, `none ${id}.1.0`, `once ${id}.1.1`]);
  expect(JSON.stringify(await (await store.open(conversationId)).history())).toContain("outcome is unknown");
  // Neither the engine's tables nor its errors have content.
  expect(
    await server.sql(
      "SELECT string_agg(input::text, '') FROM axio_engine.workflow_runs",
      new URL(connection).pathname.slice(1),
    ),
  ).not.toContain("Do both");
});
