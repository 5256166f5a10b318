import { randomUUID } from "node:crypto";
import { errorReporter } from "axio/internal";
import type { RunStore, StoredRun } from "axio/runs";
import type { Continuation, Engine, Worker, WorkerOptions } from "./engine.ts";
import { interrupt, interruptEnded } from "./interrupt.ts";

/** The options of a {@link LeaseEngine}. */
export interface LeaseEngineOptions {
  /** How long a run stays with a worker that shows no sign of life. Default: 30,000. */
  readonly leaseMs?: number | undefined;
  /** How often workers look for due runs, requests to stop and lost leases. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /**
   * How long a worker that is closed waits for its runs. Then it gives them back, although a transport or a tool ignores its
   * signal: whatever that writes later is refused. Default: 5,000.
   */
  readonly closeMs?: number | undefined;
  /** Gets errors of the store and of handlers, which are retried. Default: they are not reported. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The options with their defaults. */
interface EngineSettings {
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly closeMs: number;
  readonly onError: (error: unknown) => void;
}

const MAX_DELAY_MS = 60_000;
/**
 * How many workers a run may have lost since its last finished step without being suspected. A worker has one suspect at a
 * time: if it ends the worker again, no other suspect is lost with it.
 */
const UNSUSPECTED_ATTEMPTS = 1;
/** Due for any clock. */
const AT_ONCE = 0;

/** An engine inside the process over any run store: workers hold runs by leases, which others take over when they expire. */
export class LeaseEngine implements Engine {
  readonly #runs: RunStore;
  readonly #options: EngineSettings;

  constructor(
    runs: RunStore,
    { leaseMs = 30_000, pollMs = 1_000, closeMs = 5_000, onError }: LeaseEngineOptions = {},
  ) {
    this.#runs = runs;
    this.#options = {
      leaseMs,
      pollMs: Math.min(pollMs, leaseMs / 3),
      closeMs,
      onError: errorReporter(onError),
    };
  }

  /** Does nothing: a run that is stored is due. */
  async start(): Promise<void> {}

  /** Does nothing: a run that was woken is due. */
  async wake(): Promise<void> {}

  startWorker(options: WorkerOptions): Worker {
    return new LeaseWorker(this.#runs, this.#options, options);
  }
}

interface ActiveRun {
  readonly run: StoredRun;
  readonly controller: AbortController;
  readonly finished: Promise<void>;
}

class LeaseWorker implements Worker {
  readonly #owner = randomUUID();
  readonly #runs: RunStore;
  readonly #engine: EngineSettings;
  readonly #worker: WorkerOptions;
  readonly #active = new Map<string, ActiveRun>();
  readonly #unfollow: () => void;
  readonly #loop: Promise<void>;
  #isClosed = false;
  #isDue = false;
  #wake: () => void = () => undefined;

  constructor(runs: RunStore, engine: EngineSettings, worker: WorkerOptions) {
    this.#runs = runs;
    this.#engine = engine;
    this.#worker = worker;
    this.#unfollow = runs.follow(() => this.#look());
    this.#loop = this.#work();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unfollow();
    this.#look();
    await this.#loop;
    const active = [...this.#active.values()];
    for (const { controller } of active) interrupt(controller, "shutdown");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#engine.closeMs);
    });
    await Promise.race([Promise.all(active.map(({ finished }) => finished)), late]);
    clearTimeout(timer);
    await Promise.all([...this.#active.values()].map(({ run }) => this.#release(run, AT_ONCE)));
  }

  async #work(): Promise<void> {
    while (!this.#isClosed) {
      this.#isDue = false;
      try {
        await this.#prolong();
        await this.#claim();
      } catch (error) {
        this.#engine.onError(error);
      }
      if (!this.#isDue && !this.#isClosed) await this.#pause();
    }
  }

  #look(): void {
    this.#isDue = true;
    this.#wake();
  }

  /** Waits for a hint, or for the time of the next look. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#engine.pollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #prolong(): Promise<void> {
    const active = [...this.#active.values()];
    if (active.length === 0) return;
    const leases = active.map(({ run }) => this.#leaseOf(run));
    interruptEnded(this.#active, await this.#runs.prolong(leases, this.#engine.leaseMs));
  }

  async #claim(): Promise<void> {
    const limit = (this.#worker.concurrency ?? 200) - this.#active.size;
    if (limit <= 0 || this.#isClosed) return;
    const suspects = (await this.#hasSuspect()) ? 0 : 1;
    const { leaseMs } = this.#engine;
    const claim = { owner: this.#owner, leaseMs, limit, maxAttempts: UNSUSPECTED_ATTEMPTS, suspects };
    for (const run of await this.#runs.claim(claim)) this.#begin(run);
  }

  /** Whether a run of this worker has lost several workers, and has not got further yet. */
  async #hasSuspect(): Promise<boolean> {
    for (const { run } of this.#active.values()) {
      if (run.attempts <= UNSUSPECTED_ATTEMPTS + 1) continue;
      const stored = await this.#runs.get(run.id);
      if (stored?.epoch === run.epoch && stored.attempts > 0) return true;
    }
    return false;
  }

  #begin(run: StoredRun): void {
    // A run that this worker has lost without noticing, and has claimed again.
    const earlier = this.#active.get(run.id);
    if (earlier !== undefined) interrupt(earlier.controller, "lost");
    const controller = new AbortController();
    const finished = this.#handle(run, controller).finally(() => {
      if (this.#active.get(run.id)?.controller !== controller) return;
      this.#active.delete(run.id);
      this.#look();
    });
    this.#active.set(run.id, { run, controller, finished });
  }

  async #handle(run: StoredRun, controller: AbortController): Promise<void> {
    const lease = this.#leaseOf(run);
    const begunAt = performance.now();
    let continuation: Continuation;
    try {
      continuation = await this.#worker.handler({ run, lease, signal: controller.signal });
    } catch (error) {
      if (controller.signal.reason === "lost") return;
      const isShutdown = controller.signal.reason === "shutdown";
      if (!isShutdown) this.#engine.onError(error);
      const delayMs = isShutdown ? 0 : Math.min(MAX_DELAY_MS, 500 * 2 ** run.attempts);
      // By the clock of the store, which was at `updatedAt` when this worker began.
      const now = run.updatedAt + performance.now() - begunAt;
      continuation = { kind: "wait", wakeAt: delayMs === 0 ? AT_ONCE : now + delayMs };
    }
    if (continuation.kind === "wait") await this.#release(run, continuation.wakeAt);
  }

  async #release(run: StoredRun, wakeAt: number | undefined): Promise<void> {
    // If the store cannot be reached, the lease expires.
    await this.#runs
      .release(this.#leaseOf(run), { wakeAt, wakeups: run.wakeups })
      .catch(this.#engine.onError);
  }

  #leaseOf({ id, epoch }: StoredRun): { runId: string; owner: string; epoch: number } {
    return { runId: id, owner: this.#owner, epoch };
  }
}
