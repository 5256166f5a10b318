import { randomUUID } from "node:crypto";
import { errorReporter } from "axio/internal";
import type { RunLease, RunStore, StoredRun } from "axio/runs";
import type { Continuation, WorkerOptions } from "./engine.ts";
import { interrupt, interruptEnded } from "./interrupt.ts";

/** The options of a {@link RunHolder}. */
export interface RunHolderOptions {
  /** How long a run stays with a process that shows no sign of life. Default: 10,000. */
  readonly leaseMs?: number | undefined;
  /** How often the process prolongs its leases, and looks for requests to stop. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /** How long `close()` waits for the runs before it gives them back. Default: 5,000. */
  readonly closeMs?: number | undefined;
  /** Gets errors of the store and of handlers, which are retried. Default: they are not reported. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

interface ActiveRun {
  readonly lease: RunLease;
  readonly controller: AbortController;
  /** Gives up a handler that ignores its signal: whatever it writes later is refused. */
  readonly giveUp: () => void;
  readonly finished: Promise<Continuation>;
}

const RETRY_MS = 1_000;
/** Due for any clock. */
const AT_ONCE = 0;

/**
 * Holds the runs of one process for an engine that decides by itself which process continues a run: claims them in the run
 * store, prolongs their leases, passes requests to stop on, and gives them back.
 */
export class RunHolder {
  readonly #owner = randomUUID();
  readonly #runs: RunStore;
  readonly #handler: WorkerOptions["handler"];
  readonly #leaseMs: number;
  readonly #closeMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #active = new Map<string, ActiveRun>();
  readonly #timer: ReturnType<typeof setInterval>;
  #isClosing = false;

  constructor(
    runs: RunStore,
    handler: WorkerOptions["handler"],
    { leaseMs = 10_000, pollMs = 1_000, closeMs = 5_000, onError }: RunHolderOptions = {},
  ) {
    this.#runs = runs;
    this.#handler = handler;
    this.#leaseMs = leaseMs;
    this.#closeMs = closeMs;
    this.#onError = errorReporter(onError);
    this.#timer = setInterval(() => void this.#prolong(), Math.min(pollMs, leaseMs / 3));
  }

  /**
   * Continues a run as far as it gets. If it is not due, another process has it, or the store cannot be asked, returns when to
   * try again. Never throws: `onError` gets the errors of the store.
   */
  async advance(runId: string): Promise<Continuation> {
    if (this.#isClosing) return { kind: "wait", wakeAt: Date.now() + RETRY_MS };
    try {
      return await this.#advance(runId);
    } catch (error) {
      this.#onError(error);
      return { kind: "wait", wakeAt: Date.now() + RETRY_MS };
    }
  }

  /** Ends the work on all runs, and gives them back, so that other processes can continue them at once. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const active = [...this.#active.values()];
    for (const { controller } of active) interrupt(controller, "shutdown");
    const timer = setTimeout(() => {
      for (const { giveUp } of active) giveUp();
    }, this.#closeMs);
    await Promise.allSettled(active.map(({ finished }) => finished));
    clearTimeout(timer);
    clearInterval(this.#timer);
  }

  async #advance(runId: string): Promise<Continuation> {
    const [run] = await this.#runs.claim({ owner: this.#owner, leaseMs: this.#leaseMs, runId });
    if (run !== undefined) return this.#begin(run);
    const stored = await this.#runs.get(runId);
    if (stored === undefined || stored.endedAt !== undefined) return { kind: "over" };
    return { kind: "wait", wakeAt: stored.status === "running" ? stored.leaseUntil : stored.wakeAt };
  }

  async #begin(run: StoredRun): Promise<Continuation> {
    const lease = { runId: run.id, owner: this.#owner, epoch: run.epoch };
    // It was closed while the store claimed the run.
    if (this.#isClosing) return this.#release(run, lease, AT_ONCE);
    // A run that this process has lost without noticing, and has claimed again.
    const earlier = this.#active.get(run.id);
    if (earlier !== undefined) interrupt(earlier.controller, "lost");
    const controller = new AbortController();
    let giveUp: () => void = () => undefined;
    const givenUp = new Promise<Continuation>((resolve) => {
      giveUp = () => resolve({ kind: "wait", wakeAt: AT_ONCE });
    });
    const work = (): Promise<Continuation> =>
      Promise.race([this.#handler({ run, lease, signal: controller.signal }), givenUp]);
    const finished = this.#continue(run, lease, controller.signal, work).finally(() => {
      if (this.#active.get(run.id)?.controller === controller) this.#active.delete(run.id);
    });
    this.#active.set(run.id, { lease, controller, giveUp, finished });
    return finished;
  }

  async #continue(
    run: StoredRun,
    lease: RunLease,
    signal: AbortSignal,
    work: () => Promise<Continuation>,
  ): Promise<Continuation> {
    const begunAt = performance.now();
    try {
      const continuation = await work();
      if (continuation.kind === "over") return continuation;
      return await this.#release(run, lease, continuation.wakeAt);
    } catch (error) {
      if (signal.reason === "lost") return { kind: "wait", wakeAt: Date.now() + this.#leaseMs };
      if (signal.reason === "shutdown") return await this.#release(run, lease, AT_ONCE);
      this.#onError(error);
      const delayMs = Math.min(60_000, RETRY_MS * 2 ** (run.attempts - 1));
      // By the clock of the store, which was at `updatedAt` when this process began.
      const now = run.updatedAt + performance.now() - begunAt;
      return await this.#release(run, lease, now + delayMs);
    }
  }

  /** Returns when the run is due: at once if it was woken meanwhile. */
  async #release(run: StoredRun, lease: RunLease, wakeAt: number | undefined): Promise<Continuation> {
    try {
      await this.#runs.release(lease, { wakeAt, wakeups: run.wakeups });
      const stored = await this.#runs.get(run.id);
      if (stored?.endedAt !== undefined) return { kind: "over" };
      return { kind: "wait", wakeAt: stored === undefined ? wakeAt : stored.wakeAt };
    } catch (error) {
      // The lease expires.
      this.#onError(error);
      return { kind: "wait", wakeAt: Date.now() + this.#leaseMs };
    }
  }

  async #prolong(): Promise<void> {
    // Those of this moment: a run may be claimed again meanwhile.
    const active = new Map(this.#active);
    if (active.size === 0) return;
    const leases = [...active.values()].map(({ lease }) => lease);
    try {
      interruptEnded(active, await this.#runs.prolong(leases, this.#leaseMs));
    } catch (error) {
      this.#onError(error);
    }
  }
}
