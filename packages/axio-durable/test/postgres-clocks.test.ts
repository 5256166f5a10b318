import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Guard } from "axio";
import { DurableAgent, LeaseEngine } from "axio-durable";
import { POSTGRES, type PostgresServer } from "test-support/postgres";
import { needs, POSIX, repetitions } from "test-support/requirements";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startWorker, temporaryDirectory } from "./support/crash-runs.ts";
import { createModel, createTools } from "./support/crash-scenario.ts";
import {
  collect,
  createAgent,
  sendTool,
  textOf,
  toolScript,
  untilWaiting,
  work,
} from "./support/durable-runs.ts";
import { gatedModel } from "./support/gated-model.ts";
import { setUpMachines } from "./support/machines.ts";
import { wrongClock } from "./support/wrong-clock.ts";

const HOUR_MS = 3_600_000;

let server: PostgresServer;

const { newSpace, openSpace } = setUpMachines(async (started) => {
  server = started;
  await server.sql("CREATE TABLE effect (key text)");
});

/** Sets the clock of this process, until the end of the test. */
function setClock(now: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now });
  onTestFinished(() => void vi.useRealTimers());
}

describe("Workers whose clocks are wrong", needs(POSTGRES, POSIX), () => {
  it("share runs like others, and take none from a worker that holds it", async () => {
    const space = newSpace();
    const store = await openSpace(space);
    const { transport, open, waiting } = gatedModel("Undisturbed.");
    const engine = new LeaseEngine(store.runs, { leaseMs: 600_000, pollMs: 50 });
    const holder = new DurableAgent({ transport, store, engine });
    const held = await holder.start("Tell me.");
    const worker = holder.work({ concurrency: 1 });
    onTestFinished(() => worker.close());
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);

    const file = join(temporaryDirectory(), "effects");
    const agent = new DurableAgent({ transport: createModel(), tools: createTools(store, file), store });
    const count = repetitions({ short: 6, full: 30 });
    const runs = await Promise.all(Array.from({ length: count }, () => agent.start("Do all of them.")));
    const place = `${server.url()}#${space}`;
    for (const offsets of [[HOUR_MS], [-HOUR_MS], [-HOUR_MS / 6, 0, HOUR_MS / 6]])
      startWorker({ place, leaseMs: 60_000, nodeArguments: wrongClock(...offsets) }, file);
    for (const { id } of runs) {
      expect((await collect(agent, id)).at(-1)?.event).toMatchObject({ type: "run-end", reason: "end" });
      expect(await agent.run(id)).toMatchObject({ status: "done", epoch: 1 });
    }
    const effects = readFileSync(file, "utf8").trim().split("\n");
    expect(effects).toHaveLength(3 * count);
    expect(new Set(effects).size).toBe(3 * count);

    expect(await holder.run(held.id)).toMatchObject({ status: "running", epoch: 1 });
    open();
    expect(textOf(await collect(holder, held.id))).toBe("Undisturbed.");
  }, 240_000);

  it.each([
    { name: "an hour ahead", offset: HOUR_MS },
    { name: "an hour behind", offset: -HOUR_MS },
  ])(
    "keep the deadline of a run by the clock of the database, $name",
    async ({ offset }) => {
      const store = await openSpace(newSpace());
      const agent = createAgent(store, { answers: toolScript, tools: [sendTool([])] });
      const budget = (deadlineAt: number) => ({ budget: { deadlineAt } });
      const late = await agent.start("Send it.", budget(Date.now() - HOUR_MS / 2));
      const early = await agent.start("Send it.", budget(Date.now() + HOUR_MS / 2));
      setClock(Date.now() + offset);
      work(agent);
      expect((await collect(agent, late.id)).at(-1)?.event).toMatchObject({ reason: "budget" });
      expect((await collect(agent, early.id)).at(-1)?.event).toMatchObject({ reason: "end" });
    },
    120_000,
  );

  it.each([
    { name: "an hour ahead", offset: HOUR_MS },
    { name: "an hour behind", offset: -HOUR_MS },
  ])(
    "keep the expiry of a question by the clock of the database, $name",
    async ({ offset }) => {
      const store = await openSpace(newSpace());
      const sent: unknown[] = [];
      const expiresAt = Date.now() + HOUR_MS / 2;
      const guard: Guard = () => ({ action: "ask", question: "Send?", expiresAt });
      const agent = createAgent(store, { answers: toolScript, tools: [sendTool(sent)], guards: [guard] });
      const { id } = await agent.start("Send it.");
      setClock(Date.now() + offset);
      work(agent);
      await untilWaiting(agent, id);
      const [approval] = await agent.approvals.list({ open: true });
      expect(sent).toEqual([]);
      await agent.approvals.decide(approval?.id ?? "", { action: "allow" });
      expect(textOf(await collect(agent, id))).toBe("All done.");
      expect(sent).toHaveLength(1);
    },
    120_000,
  );
});
