import { AxioError } from "axio";
import { startRun } from "axio/runs";
import { DurableAgent, LeaseEngine } from "axio-durable";
import { migrate, openPostgres, type PostgresDatabase, PostgresSessions } from "axio-postgres";
import { POSTGRES } from "test-support/postgres";
import { startPostgresPair } from "test-support/postgres-pair";
import { FULL_RUN, needs } from "test-support/requirements";
import { openTcpSwitch } from "test-support/tcp-switch";
import { describe, expect, it, onTestFinished } from "vitest";
import { collect, textOf, work } from "./support/durable-runs.ts";
import { gatedModel } from "./support/gated-model.ts";

async function open(connection: string, timeoutMs?: number): Promise<PostgresDatabase> {
  const database = await openPostgres({ connection, timeoutMs });
  onTestFinished(() => database.close());
  return database;
}

const stateOf = (runId: string) =>
  startRun({ runId, conversationId: "conversation", maxSteps: 5, repetitionLimit: 5 });

describe("A fail-over of the database", needs(POSTGRES, FULL_RUN), () => {
  it("to a synchronous standby loses nothing: workers go on there, and each run ends once", async () => {
    const { primary, standby } = await startPostgresPair({ isSynchronous: true, prepare: migrate });
    const address = await openTcpSwitch(primary.port);
    onTestFinished(() => address[Symbol.asyncDispose]());
    const store = new PostgresSessions(await open(primary.url("postgres", { port: address.port })));
    const { transport, open: openGate, waiting } = gatedModel("It is all there.");
    const engine = new LeaseEngine(store.runs, { leaseMs: 3_000, pollMs: 50 });
    const agent = new DurableAgent({ transport, store, engine });
    const runs = await Promise.all(Array.from({ length: 5 }, () => agent.start("Tell me.")));
    work(agent);
    await expect.poll(waiting, { timeout: 20_000 }).toBeGreaterThanOrEqual(5);
    // Acknowledged right before the crash.
    const last = await agent.start("Tell me, too.");
    await primary.stop("immediate");
    await standby.promote();
    address.switchTo(standby.port);
    openGate();
    for (const { id, conversationId } of [...runs, last]) {
      await expect
        .poll(async () => (await agent.run(id).catch(() => undefined))?.status, { timeout: 60_000 })
        .toBe("done");
      const events = await collect(agent, id);
      expect(textOf(events.slice(events.findLastIndex(({ event }) => event.type === "retry") + 1))).toBe(
        "It is all there.",
      );
      expect(await (await store.open(conversationId)).history()).toHaveLength(2);
    }
  }, 180_000);

  it("lets an old primary that is not fenced acknowledge no write", async () => {
    const { primary, standby } = await startPostgresPair({ isSynchronous: true, prepare: migrate });
    const before = new PostgresSessions(await open(primary.url())).runs;
    const impatient = new PostgresSessions(await open(primary.url(), 5_000)).runs;
    await before.create({ state: stateOf("one"), prompt: [] });
    const [held] = await before.claim({ owner: "old", leaseMs: 0, runId: "one" });
    await standby.promote();

    const after = new PostgresSessions(await open(standby.url())).runs;
    const [taken] = await after.claim({ owner: "new", leaseMs: 60_000, runId: "one" });
    expect(taken?.epoch).toBe((held?.epoch ?? 0) + 1);
    const lease = { runId: "one", owner: "old", epoch: held?.epoch ?? 0 };
    const writes = [
      () => impatient.save(lease, stateOf("one")),
      () => impatient.create({ state: stateOf("two"), prompt: [] }),
      () =>
        impatient.claimToolCall(lease, {
          key: "1.0",
          step: 1,
          toolCallId: "call",
          name: "pay",
          inputHash: "hash",
          effect: "once",
        }),
    ];
    const refused = await Promise.allSettled(writes.map((write) => write()));
    for (const each of refused)
      expect(each).toMatchObject({
        status: "rejected",
        reason: { code: "store-unavailable", retryable: true },
      });
    expect(await after.get("two")).toBeUndefined();
    expect(await after.toolCalls("one")).toEqual([]);
    expect(await after.get("one")).toMatchObject({ owner: "new" });
  }, 180_000);
});

describe("A fail-over to a standby that is not synchronous", needs(POSTGRES, FULL_RUN), () => {
  it("may lose what was acknowledged last. The run that was lost is unknown, and can be started again", async () => {
    const { primary, standby, separate } = await startPostgresPair({
      isSynchronous: false,
      prepare: migrate,
    });
    const before = new PostgresSessions(await open(primary.url()));
    await before.runs.create({ state: stateOf("kept"), prompt: [] });
    await separate();
    await before.runs.create({ state: stateOf("lost"), prompt: [] });
    await primary.stop("immediate");
    await standby.promote();

    const after = new PostgresSessions(await open(standby.url()));
    expect(await after.runs.get("kept")).toMatchObject({ status: "pending" });
    expect(await after.runs.get("lost")).toBeUndefined();
    const agent = new DurableAgent({ transport: gatedModel("").transport, store: after });
    const lost = await collect(agent, "lost").catch((error: unknown) => error);
    expect(AxioError.is(lost, "not-found")).toBe(true);
    expect(await agent.start("Again.", { runId: "lost" })).toMatchObject({ status: "pending" });
  }, 180_000);
});
