import { startRun } from "axio/runs";
import { expect, it } from "vitest";
import { openDatabase } from "./support/open-database.ts";

it("tells workers of due runs, and readers of the events of their run", async () => {
  const { runs, events } = await openDatabase();
  for (const runId of ["one", "two"]) {
    const state = startRun({ runId, conversationId: "conversation", maxSteps: 5, repetitionLimit: 5 });
    await runs.create({ state, prompt: [] });
  }
  const [run] = await runs.claim({ owner: "worker", leaseMs: 60_000, runId: "one" });
  const told: string[] = [];
  const leave = [
    runs.follow(() => told.push("worker")),
    events.follow("one", () => told.push("reader of one")),
    events.follow("two", () => told.push("reader of two")),
  ];
  await events.append([{ runId: "one", epoch: run?.epoch ?? 0, firstSeq: 1, events: ["{}"] }]);
  expect(told).toEqual(["reader of one"]);
  await runs.wake("two");
  expect(told).toEqual(["reader of one", "worker"]);
  for (const end of leave) end();
  await runs.wake("two");
  expect(told).toHaveLength(2);
});

it("tells them of changes of other processes", async () => {
  const { runs, events, path } = await openDatabase();
  const other = await openDatabase(path);
  const told = new Set<string>();
  const leave = [runs.follow(() => told.add("worker")), events.follow("one", () => told.add("reader"))];
  // The first look only notes the version of the file.
  let number = 0;
  const tell = async (): Promise<number> => {
    number += 1;
    const runId = `run-${number}`;
    const state = startRun({ runId, conversationId: "conversation", maxSteps: 5, repetitionLimit: 5 });
    await other.runs.create({ state, prompt: [] });
    return told.size;
  };
  await expect.poll(tell, { timeout: 10_000 }).toBe(2);
  for (const end of leave) end();
});
