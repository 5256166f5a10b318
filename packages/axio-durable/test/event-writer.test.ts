import { type EventLog, MemoryRunStore, startRun } from "axio/runs";
import { expect, it } from "vitest";
import { EventWriter } from "../src/event-writer.ts";

const LONG = "x".repeat(70_000);

it("writes once what many runs add while a slow store is busy, and waits for it", async () => {
  const runs = new MemoryRunStore();
  const state = startRun({ runId: "one", conversationId: "c", maxSteps: 5, repetitionLimit: 5 });
  await runs.create({ state, prompt: [] });
  const [run] = await runs.claim({ owner: "a", leaseMs: 600_000 });
  const { events: log } = runs;
  const gates: (() => void)[] = [];
  const sizes: number[] = [];
  const slow: EventLog = {
    append: async (chunks) => {
      sizes.push(chunks.reduce((sum, { events: texts }) => sum + texts.length, 0));
      await new Promise<void>((resolve) => gates.push(resolve));
      await log.append(chunks);
    },
    read: (runId, options) => log.read(runId, options),
    follow: (runId, onChange) => log.follow(runId, onChange),
    prune: (before) => log.prune(before),
  };
  const errors: unknown[] = [];
  const writer = new EventWriter(slow, (error) => errors.push(error));
  const events = writer.open({ runId: "one", owner: "a", epoch: run?.epoch ?? 0 });
  const add = (): void => events.write([{ type: "text-delta", index: 0, delta: LONG }]);
  add();
  await expect.poll(() => gates.length).toBe(1);
  for (let number = 0; number < 10; number += 1) add();
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
