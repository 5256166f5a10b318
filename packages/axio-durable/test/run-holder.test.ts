import { type ClaimOptions, MemoryRunStore, type StoredRun, startRun } from "axio/runs";
import { type Continuation, RunHolder } from "axio-durable";
import { expect, it } from "vitest";

async function createRun(runs: MemoryRunStore): Promise<void> {
  const state = startRun({ runId: "one", conversationId: "conversation", maxSteps: 5, repetitionLimit: 5 });
  await runs.create({ state, prompt: [] });
}

/** Whether another process can continue the run now. */
async function isFree(runs: MemoryRunStore): Promise<boolean> {
  return (await runs.claim({ owner: "other", leaseMs: 1_000, runId: "one" })).length === 1;
}

it("gives back a run whose handler ignores its signal", async () => {
  const runs = new MemoryRunStore();
  await createRun(runs);
  const holder = new RunHolder(runs, () => new Promise<Continuation>(() => undefined), { closeMs: 20 });
  const advanced = holder.advance("one");
  await expect.poll(async () => (await runs.get("one"))?.status).toBe("running");
  await holder.close();
  expect(await isFree(runs)).toBe(true);
  expect(await advanced).toMatchObject({ kind: "wait" });
});

it("gives back a run that the store claims while it closes, without continuing it", async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  class SlowStore extends MemoryRunStore {
    override async claim(options: ClaimOptions): Promise<readonly StoredRun[]> {
      if (options.owner !== "other") await gate;
      return super.claim(options);
    }
  }
  const runs = new SlowStore();
  await createRun(runs);
  let handled = 0;
  const holder = new RunHolder(runs, async () => {
    handled += 1;
    return { kind: "over" };
  });
  const advanced = holder.advance("one");
  await holder.close();
  open();
  expect(await advanced).toMatchObject({ kind: "wait" });
  expect(handled).toBe(0);
  expect(await isFree(runs)).toBe(true);
});

it("interrupts its earlier work on a run that it has lost, and has claimed again", async () => {
  const runs = new MemoryRunStore();
  await createRun(runs);
  const signals: AbortSignal[] = [];
  const holder = new RunHolder(
    runs,
    ({ signal }) =>
      new Promise<Continuation>((_resolve, reject) => {
        signals.push(signal);
        signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true });
      }),
    // It notices nothing by itself.
    { leaseMs: 600_000, pollMs: 600_000 },
  );
  const first = holder.advance("one");
  await expect.poll(() => signals.length).toBe(1);
  const [taken] = await runs.claim({ owner: "other", leaseMs: 0, runId: "one", force: true });
  await runs.release({ runId: "one", owner: "other", epoch: taken?.epoch ?? 0 }, { wakeAt: 0, wakeups: 0 });
  const second = holder.advance("one");
  expect(await first).toMatchObject({ kind: "wait" });
  expect(signals.map(({ reason }) => reason)).toEqual(["lost", undefined]);
  await holder.close();
  await second;
});

it("tries again later if the store cannot be asked, and reports why", async () => {
  const failure = new Error("away");
  class LostStore extends MemoryRunStore {
    override claim(): Promise<never> {
      return Promise.reject(failure);
    }
  }
  const errors: unknown[] = [];
  const holder = new RunHolder(new LostStore(), async () => ({ kind: "over" }), {
    onError: (error) => errors.push(error),
  });
  expect(await holder.advance("one")).toEqual({ kind: "wait", wakeAt: expect.any(Number) });
  expect(errors).toEqual([failure]);
  await holder.close();
});
