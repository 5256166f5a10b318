import { AxioError } from "axio";
import { type EventChunk, type EventLog, MemoryRunStore, startRun } from "axio/runs";
import { expect, it } from "vitest";
import { EventWriter } from "../src/event-writer.ts";

const LONG = "x".repeat(70_000);

/** Opens the writer of a claimed run. `append` is called before each write. */
async function claimedRun(append: (chunks: readonly EventChunk[]) => Promise<void> | void) {
  const runs = new MemoryRunStore();
  const state = startRun({ runId: "one", conversationId: "c", maxSteps: 5, repetitionLimit: 5 });
  await runs.create({ state, prompt: [] });
  const [run] = await runs.claim({ owner: "a", leaseMs: 600_000 });
  const { events: log } = runs;
  const observed: EventLog = {
    append: async (chunks) => {
      await append(chunks);
      await log.append(chunks);
    },
    read: (runId, options) => log.read(runId, options),
    follow: (runId, onChange) => log.follow(runId, onChange),
    prune: (before) => log.prune(before),
  };
  const errors: unknown[] = [];
  const writer = new EventWriter(observed, (error) => errors.push(error));
  const events = writer.open({ runId: "one", owner: "a", epoch: run?.epoch ?? 0 });
  const add = (delta: string): void => events.write([{ type: "text-delta", index: 0, delta }]);
  return { log, writer, add, errors };
}

it("writes once what many runs add while a slow store is busy, and waits for it", async () => {
  const gates: (() => void)[] = [];
  const sizes: number[] = [];
  const { log, writer, add, errors } = await claimedRun((chunks) => {
    sizes.push(chunks.reduce((sum, { events: texts }) => sum + texts.length, 0));
    return new Promise((resolve) => gates.push(resolve));
  });
  add(LONG);
  await expect.poll(() => gates.length).toBe(1);
  for (let number = 0; number < 10; number += 1) add(LONG);
  const flushed = [writer.flush(), writer.flush()];
  gates[0]?.();
  await expect.poll(() => gates.length).toBe(2);
  gates[1]?.();
  await Promise.all(flushed);
  expect(sizes).toEqual([1, 10]);
  expect(errors).toEqual([]);
  const stored = await log.read("one");
  expect(stored.map(({ firstSeq, events: texts }) => [firstSeq, texts.length])).toEqual([
    [1, 1],
    [2, 10],
  ]);
});

const AWAY = new AxioError("store-unavailable", "The store is away.", { retryable: true });

it("loses no events while the store is away, and writes them in their order after it", async () => {
  let attempts = 0;
  const { log, writer, add, errors } = await claimedRun(() => {
    attempts += 1;
    if (attempts <= 3) throw AWAY;
  });
  for (const delta of ["It ", "is "]) {
    add(delta);
    await writer.flush();
  }
  expect(await log.read("one")).toEqual([]);
  add("all there.");
  const texts = async () =>
    (await log.read("one")).flatMap(({ events }) => events.map((text) => JSON.parse(text).delta));
  // By itself.
  await expect.poll(texts, { timeout: 20_000 }).toEqual(["It ", "is ", "all there."]);
  expect(attempts).toBeGreaterThanOrEqual(4);
  expect(errors).toEqual([AWAY]);
});

it("drops events that the store refuses for good, and goes on with the next", async () => {
  const refusal = new AxioError("invalid-argument", "Not these.");
  const failures = [refusal];
  const { log, writer, add, errors } = await claimedRun(() => {
    const failure = failures.pop();
    if (failure !== undefined) throw failure;
  });
  add("lost");
  await writer.flush();
  add("kept");
  await writer.flush();
  expect((await log.read("one")).map(({ firstSeq, events }) => [firstSeq, events.length])).toEqual([[2, 1]]);
  expect(errors).toEqual([refusal]);
});
