import { MemoryRunStore, type StoredRun, startRun } from "axio/runs";
import { observeRun } from "axio-durable";
import { expect, it } from "vitest";

it("A reader of a run that does nothing looks up the run at one of five looks, and notices that it is deleted", async () => {
  let looks = 0;
  let lookUps = 0;
  let wake: () => void = () => undefined;
  class CountingRuns extends MemoryRunStore {
    override async get(runId: string): Promise<StoredRun | undefined> {
      lookUps += 1;
      return super.get(runId);
    }
  }
  const runs = new CountingRuns();
  const state = startRun({ runId: "one", conversationId: "c", maxSteps: 5, repetitionLimit: 5 });
  await runs.create({ state, prompt: [] });
  const { events } = runs;
  const store = {
    runs,
    events: {
      append: events.append.bind(events),
      prune: events.prune.bind(events),
      read: (...of: Parameters<typeof events.read>) => {
        looks += 1;
        return events.read(...of);
      },
      follow: (_runId: string, onChange: () => void) => {
        wake = onChange;
        return () => undefined;
      },
    },
  };
  const first = observeRun(store, "one").next();
  const ended = first.catch((error: unknown) => error);
  const look = async (): Promise<void> => {
    const before = looks;
    wake();
    await expect.poll(() => looks, { interval: 1 }).toBeGreaterThan(before);
  };
  while (looks < 21) await look();
  expect(lookUps).toBeLessThanOrEqual(Math.ceil(looks / 5));
  await runs.delete({ runId: "one" });
  for (let more = 0; more < 5; more += 1) await look().catch(() => undefined);
  expect(await ended).toMatchObject({ code: "not-found" });
});
