import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type RunStore, startRun } from "axio/runs";
import type { Continuation, Engine, HeldRun, Worker } from "../engine.ts";

/** The engines of a test, over one run store. Each stands for a process. */
export interface EngineHarness {
  readonly runs: RunStore;
  /** Creates the engine of another process. */
  create(): Promise<Engine> | Engine;
  close(): Promise<void>;
}

/** An engine to test. */
export interface EngineContract {
  readonly name: string;
  /** Of `node:test`, Vitest, Jest or Mocha. */
  readonly describe: (name: string, tests: () => void) => void;
  readonly it: (name: string, test: () => Promise<void>) => void;
  /** Creates an empty run store, and its engines. */
  readonly create: () => Promise<EngineHarness>;
  /** How long a worker may take until it notices something. Default: 15,000. */
  readonly timeoutMs?: number | undefined;
}

/** A check of the contract. */
type Check = (test: EngineTest) => Promise<void>;

/**
 * Defines the contract of engines as tests.
 *
 * @example
 * ```ts
 * import { describe, it } from "node:test";
 * import { MemoryRunStore } from "axio/runs";
 * import { LeaseEngine } from "axio-durable";
 * import { describeEngine } from "axio-durable/testing";
 *
 * describeEngine({
 *   name: "LeaseEngine",
 *   describe,
 *   it,
 *   create: async () => {
 *     const runs = new MemoryRunStore();
 *     return { runs, create: () => new LeaseEngine(runs, { pollMs: 20 }), close: async () => {} };
 *   },
 * });
 * ```
 */
export function describeEngine({ name, describe, it, create, timeoutMs = 15_000 }: EngineContract): void {
  describe(`${name} keeps the engine contract`, () => {
    for (const [title, check] of Object.entries(CHECKS)) {
      it(title, async () => {
        const test = new EngineTest(await create(), timeoutMs);
        try {
          await check(test);
        } finally {
          await test.close();
        }
      });
    }
  });
}

/** The processes of one test. */
class EngineTest {
  readonly #harness: EngineHarness;
  readonly #timeoutMs: number;
  readonly #workers: Worker[] = [];

  constructor(harness: EngineHarness, timeoutMs: number) {
    this.#harness = harness;
    this.#timeoutMs = timeoutMs;
  }

  get runs(): RunStore {
    return this.#harness.runs;
  }

  /** The engine of another process. */
  async engine(): Promise<Engine> {
    return this.#harness.create();
  }

  /** Starts a worker in another process. */
  async work(handler: (held: HeldRun) => Promise<Continuation>, concurrency?: number): Promise<Worker> {
    const worker = (await this.engine()).startWorker({ handler, concurrency });
    this.#workers.push(worker);
    return worker;
  }

  /** Stores a run, and starts it. */
  async start(engine: Engine, runId: string): Promise<void> {
    await this.runs.create({
      state: startRun({ runId, conversationId: "conversation", maxSteps: 5, repetitionLimit: 5 }),
      prompt: [],
    });
    await engine.start(runId);
  }

  /** Wakes a run, as a decision does. */
  async wake(engine: Engine, runId: string): Promise<void> {
    await this.runs.wake(runId);
    await engine.wake(runId);
  }

  /** Ends a run, as a handler does. */
  async end({ run, lease }: HeldRun): Promise<Continuation> {
    assert.equal(
      await this.runs.end(lease, { status: "done", state: run.state }),
      true,
      "The lease was lost.",
    );
    return { kind: "over" };
  }

  /** Waits until something holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + this.#timeoutMs;
    while (!(await holds())) {
      assert.ok(Date.now() < deadline, `Waited ${this.#timeoutMs} ms in vain: ${what}.`);
      await delay(20);
    }
  }

  async untilStatus(runId: string, status: string): Promise<void> {
    await this.until(`${runId} is ${status}`, async () => (await this.runs.get(runId))?.status === status);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await this.#harness.close();
  }
}

const CHECKS: Readonly<Record<string, Check>> = {
  "gives each run to one worker, once": async (test) => {
    const handled: string[] = [];
    const handler = async (held: HeldRun): Promise<Continuation> => {
      handled.push(held.run.id);
      return test.end(held);
    };
    const engine = await test.engine();
    await Promise.all([test.work(handler), test.work(handler)]);
    const ids = Array.from({ length: 6 }, (_unused, number) => `run-${number}`);
    for (const id of ids) await test.start(engine, id);
    for (const id of ids) await engine.start(id);
    for (const id of ids) await test.untilStatus(id, "done");
    assert.deepEqual(handled.sort(), ids);
  },

  "gives a run that was started before the first worker": async (test) => {
    await test.start(await test.engine(), "one");
    await test.work((held) => test.end(held));
    await test.untilStatus("one", "done");
  },

  "continues a waiting run when another process wakes it": async (test) => {
    const engine = await test.engine();
    await test.work(async (held) => (held.run.epoch === 1 ? { kind: "wait" } : test.end(held)));
    await test.start(engine, "one");
    await test.untilStatus("one", "waiting");
    await test.wake(engine, "one");
    await test.untilStatus("one", "done");
    assert.equal((await test.runs.get("one"))?.epoch, 2);
  },

  "continues a waiting run when its time has come, and not before": async (test) => {
    let wakeAt = 0;
    let wokenAt = 0;
    await test.work(async (held) => {
      if (held.run.epoch === 1) {
        wakeAt = Date.now() + 1_000;
        return { kind: "wait", wakeAt };
      }
      wokenAt = Date.now();
      return test.end(held);
    });
    await test.start(await test.engine(), "one");
    await test.untilStatus("one", "done");
    // Clocks of the store and of this process may differ a little.
    assert.ok(wokenAt >= wakeAt - 200, `It continued ${wakeAt - wokenAt} ms too early.`);
  },

  "loses no wake-up that comes while the run is worked on": async (test) => {
    const engine = await test.engine();
    await test.work(async (held) => {
      if (held.run.epoch > 1) return test.end(held);
      await test.wake(engine, "one");
      return { kind: "wait" };
    });
    await test.start(engine, "one");
    await test.untilStatus("one", "done");
  },

  "tells a worker that its run is to be stopped": async (test) => {
    const engine = await test.engine();
    let reason: unknown;
    await test.work(async (held) => {
      reason = await interruption(held);
      return test.end(held);
    });
    await test.start(engine, "one");
    await test.untilStatus("one", "running");
    await test.runs.requestStop("one");
    await engine.wake("one");
    await test.untilStatus("one", "done");
    assert.equal(reason, "stop");
  },

  "gives the runs of a worker that closes to another one": async (test) => {
    const closing = await test.work(async (held) => {
      await interruption(held);
      throw new Error("The handler was interrupted.");
    });
    await test.start(await test.engine(), "one");
    await test.untilStatus("one", "running");
    await closing.close();
    await test.work((held) => test.end(held));
    await test.untilStatus("one", "done");
  },

  "tries a run again whose handler failed": async (test) => {
    await test.work(async (held) => {
      if (held.run.epoch === 1) throw new Error("The store failed.");
      return test.end(held);
    });
    await test.start(await test.engine(), "one");
    await test.untilStatus("one", "done");
  },

  "takes a run over whose worker was lost": async (test) => {
    const engine = await test.engine();
    await test.start(engine, "one");
    const [lost] = await test.runs.claim({ owner: "lost", leaseMs: 500, runId: "one" });
    await test.work((held) => test.end(held));
    await test.untilStatus("one", "done");
    const lease = { runId: "one", owner: "lost", epoch: lost?.epoch ?? 0 };
    assert.equal(await test.runs.end(lease, { status: "failed", state: held(lost?.state) }), false);
  },

  "works on no more runs at once than it may": async (test) => {
    let active = 0;
    let most = 0;
    await test.work(async (heldRun) => {
      active += 1;
      most = Math.max(most, active);
      await delay(50);
      active -= 1;
      return test.end(heldRun);
    }, 2);
    const engine = await test.engine();
    for (const id of ["a", "b", "c", "d"]) await test.start(engine, id);
    for (const id of ["a", "b", "c", "d"]) await test.untilStatus(id, "done");
    assert.ok(most <= 2, `It worked on ${most} runs at once.`);
  },
};

function held<T>(value: T | undefined): T {
  assert.ok(value !== undefined, "The run was not claimed.");
  return value;
}

function interruption({ signal }: HeldRun): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}
