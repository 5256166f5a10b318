import { randomUUID } from "node:crypto";
import type { ProlongedLease, RunLease, RunStore, StoredRun } from "axio/runs";
import type { Continuation, Interruption, WorkerOptions } from "./engine.ts";

/** The options of a {@link RunHolder}. */
export interface RunHolderOptions {
  /** How long a run stays with a process that shows no sign of life. Default: 10,000. */
  readonly leaseMs?: number | undefined;
  /** How often the process prolongs its leases, and looks for requests to stop. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /** How long `close()` waits for the runs before it gives them back. Default: 5,000. */
  readonly closeMs?: number | undefined;
  /** Gets errors of the store and of handlers, which are retried. Default: none is reported. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

interface ActiveRun {
  readonly lease: RunLease;
  readonly controller: AbortController;
}

const RETRY_MS = 1_000;

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
  readonly #closing = new AbortController();

  constructor(
    runs: RunStore,
    handler: WorkerOptions["handler"],
    { leaseMs = 10_000, pollMs = 1_000, closeMs = 5_000, onError = () => undefined }: RunHolderOptions = {},
  ) {
    this.#runs = runs;
    this.#handler = handler;
    this.#leaseMs = leaseMs;
    this.#closeMs = closeMs;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.#prolong(), Math.min(pollMs, leaseMs / 3));
  }

  /**
   * Continues a run as far as it gets. If it is not due, or another process has it, returns when to try again.
   *
   * @throws AxioError `store-unavailable` or `store-locked` if the store cannot be asked.
   */
  async advance(runId: string): Promise<Continuation> {
    if (this.#closing.signal.aborted) return { kind: "wait", wakeAt: Date.now() + RETRY_MS };
    const [run] = await this.#runs.claim({ owner: this.#owner, leaseMs: this.#leaseMs, runId });
    if (run !== undefined) return this.#continue(run);
    const stored = await this.#runs.get(runId);
    if (stored === undefined || stored.endedAt !== undefined) return { kind: "over" };
    return { kind: "wait", wakeAt: stored.status === "running" ? stored.leaseUntil : stored.wakeAt };
  }

  /** Ends the work on all runs, and gives them back, so that other processes can continue them at once. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { controller } of this.#active.values()) interrupt(controller, "shutdown");
    const deadline = Date.now() + this.#closeMs;
    while (this.#active.size > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    clearInterval(this.#timer);
  }

  async #continue(run: StoredRun): Promise<Continuation> {
    const lease = { runId: run.id, owner: this.#owner, epoch: run.epoch };
    const controller = new AbortController();
    const active = { lease, controller };
    this.#active.set(run.id, active);
    try {
      const continuation = await Promise.race([
        this.#handler({ run, lease, signal: controller.signal }),
        this.#untilGivenUp(),
      ]);
      if (continuation.kind === "over") return continuation;
      return await this.#release(run, lease, continuation.wakeAt);
    } catch (error) {
      if (controller.signal.reason === "lost") return { kind: "wait", wakeAt: Date.now() + this.#leaseMs };
      if (controller.signal.reason === "shutdown") return await this.#release(run, lease, 0);
      this.#onError(error);
      const delayMs = Math.min(60_000, RETRY_MS * 2 ** (run.attempts - 1));
      return await this.#release(run, lease, Date.now() + delayMs);
    } finally {
      if (this.#active.get(run.id) === active) this.#active.delete(run.id);
    }
  }

  /** Gives up a handler that ignores its signal: whatever it writes later is refused. */
  #untilGivenUp(): Promise<Continuation> {
    return new Promise((resolve) => {
      this.#closing.signal.addEventListener(
        "abort",
        () => setTimeout(() => resolve({ kind: "wait", wakeAt: 0 }), this.#closeMs - 100).unref(),
        { once: true },
      );
    });
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
    const leases = [...this.#active.values()].map(({ lease }) => lease);
    if (leases.length === 0) return;
    let prolonged: readonly ProlongedLease[];
    try {
      prolonged = await this.#runs.prolong(leases, this.#leaseMs);
    } catch (error) {
      this.#onError(error);
      return;
    }
    for (const { runId, held, stopRequested } of prolonged) {
      const controller = this.#active.get(runId)?.controller;
      if (controller === undefined) continue;
      if (!held) interrupt(controller, "lost");
      else if (stopRequested) interrupt(controller, "stop");
    }
  }
}

function interrupt(controller: AbortController, reason: Interruption): void {
  if (!controller.signal.aborted) controller.abort(reason);
}
