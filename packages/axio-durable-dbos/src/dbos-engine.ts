/// <reference lib="esnext.disposable" preserve="true" />
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { AxioError } from "axio";
import { errorReporter } from "axio/internal";
import type { RunStore } from "axio/runs";
import { type Engine, RunHolder, type RunHolderOptions, type Worker, type WorkerOptions } from "axio-durable";
import { LostTurns } from "./lost-turns.ts";
import { ProcessExecutor } from "./process-executor.ts";
import { type DbosPlace, type Turn, TurnQueue } from "./turn-queue.ts";

/** The options of a {@link DbosEngine}. */
export interface DbosEngineOptions extends RunHolderOptions {
  /** The URL of the PostgreSQL database in which DBOS keeps its tables. */
  readonly connection: string;
  /** The schema of its tables, which it creates and updates by itself. Default: `dbos`. */
  readonly schema?: string | undefined;
  /** The name of the application in DBOS. Separates programs that share its tables. Default: `axio`. */
  readonly application?: string | undefined;
  /** How often a waiting run is looked up, since other programs such as `axio runs` write to the run store only. Default: 60,000. */
  readonly lookUpMs?: number | undefined;
}

interface EngineSettings {
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly closeMs: number;
  readonly lookUpMs: number;
  readonly onError: (error: unknown) => void;
}

const RETRY_MS = 1_000;
/** How long the turns of a worker that closes may take to end, after it has given its runs back. */
const DRAIN_MS = 5_000;

/**
 * An engine on DBOS Transact. Each run has one turn at a time, which is a workflow in a queue of DBOS: it continues the run as far
 * as it gets, and adds the next turn, delayed until the run is due. Its tables contain ids only. A process can have workers of one
 * database, schema and application only, since DBOS has one executor for each process.
 *
 * @example
 * ```ts
 * import { DurableAgent } from "axio-durable";
 * import { DbosEngine } from "axio-durable-dbos";
 * import { openPostgres, PostgresSessions } from "axio-postgres";
 *
 * const connection = "postgres://axio:secret@db.example.com/axio";
 * const sessions = new PostgresSessions(await openPostgres({ connection }));
 * const engine = await DbosEngine.connect(sessions.runs, { connection });
 * const agent = new DurableAgent({ transport, store: sessions, engine });
 * ```
 */
export class DbosEngine implements Engine, AsyncDisposable {
  readonly #runs: RunStore;
  readonly #place: DbosPlace;
  readonly #settings: EngineSettings;
  readonly #queue: TurnQueue;
  #isClosed = false;

  private constructor(runs: RunStore, place: DbosPlace, settings: EngineSettings, queue: TurnQueue) {
    this.#runs = runs;
    this.#place = place;
    this.#settings = settings;
    this.#queue = queue;
  }

  /**
   * Connects to the database, and creates or updates the tables of DBOS.
   *
   * @throws AxioError `store-unavailable` if it cannot be reached.
   */
  static async connect(runs: RunStore, options: DbosEngineOptions): Promise<DbosEngine> {
    const { connection, schema = "dbos", application = "axio", lookUpMs = 60_000 } = options;
    const { leaseMs = 10_000, pollMs = 1_000, closeMs = 5_000 } = options;
    const onError = errorReporter(options.onError);
    const place = { connection, schema, application };
    try {
      const queue = await TurnQueue.open(place, onError);
      return new DbosEngine(runs, place, { leaseMs, pollMs, closeMs, lookUpMs, onError }, queue);
    } catch (cause) {
      throw new AxioError(
        "store-unavailable",
        "The database of DBOS cannot be opened. Check its URL, and whether its user may create tables.",
        { cause },
      );
    }
  }

  async start(runId: string): Promise<void> {
    await this.#queue.add({ runId, number: 0 });
  }

  async wake(runId: string): Promise<void> {
    await this.#queue.wake(runId);
  }

  /**
   * Starts a worker. DBOS is launched for the first worker of a process, and shut down with the last.
   *
   * @throws AxioError `invalid-argument` if this process uses DBOS already: itself, or by workers of another database, schema or
   * application.
   */
  startWorker({ handler, concurrency = 200 }: WorkerOptions): Worker {
    const { leaseMs, pollMs, closeMs, onError } = this.#settings;
    // Not in the context of a workflow: what a handler calls of DBOS is not a step of the turn.
    const inOwnContext = AsyncLocalStorage.snapshot();
    const worker = { take: (turn: Turn) => inOwnContext(() => this.#take(holder, executor.id, turn)) };
    const prepare = (): Promise<void> => this.#queue.configure(concurrency, pollMs);
    const executor = ProcessExecutor.join(this.#place, worker, prepare, onError);
    const holder = new RunHolder(this.#runs, handler, this.#settings);
    const lost = new LostTurns(this.#queue, this.#runs, executor);
    const timer = setInterval(() => void this.#try(() => lost.requeue()), leaseMs);
    return {
      close: async () => {
        clearInterval(timer);
        const left = executor.leave(worker, closeMs + DRAIN_MS);
        await holder.close();
        await left;
      },
    };
  }

  /** Closes the connections. Close the workers first. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#queue.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #take(holder: RunHolder, executorId: string, turn: Turn): Promise<void> {
    const { runId, number } = turn;
    // The first one stays, so that starting a run twice has no effect.
    if (number > 1) await this.#try(() => this.#queue.delete({ runId, number: number - 1 }));
    const continuation = await holder.advance(runId);
    if (continuation.kind === "over") return;
    const delayMs = await this.#delayMs(runId, continuation.wakeAt);
    await this.#addNext(turn, executorId, delayMs);
    if (delayMs > 0) await this.#try(() => this.#wakeIfChanged(runId, continuation.wakeAt));
  }

  /**
   * Without its next turn a run would never continue: a turn does not end before the next one is stored. The next one is added by
   * the process that has the turn: another one may have taken it over.
   */
  async #addNext(turn: Turn, executorId: string, delayMs: number): Promise<void> {
    for (;;) {
      try {
        if (!(await this.#queue.isTakenBy(turn, executorId))) return;
        return await this.#queue.add({ ...turn, number: turn.number + 1 }, delayMs);
      } catch (error) {
        if (this.#isClosed) throw error;
        this.#settings.onError(error);
        await delay(RETRY_MS);
      }
    }
  }

  /** A signal that came after the run was given back, and before its next turn was added, has found no turn to wake. */
  async #wakeIfChanged(runId: string, wakeAt: number | undefined): Promise<void> {
    const run = await this.#runs.get(runId);
    if (run?.status === "waiting" && run.wakeAt !== wakeAt) await this.#queue.wake(runId);
  }

  /** Does something that a later turn makes up for if it fails. */
  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#settings.onError(error);
    }
  }

  async #delayMs(runId: string, wakeAt: number | undefined): Promise<number> {
    const { lookUpMs, onError } = this.#settings;
    if (wakeAt === undefined) return lookUpMs;
    const run = await this.#runs.get(runId).catch(onError);
    // By the clock of the store, it was due when it was given back.
    if (run && wakeAt <= run.updatedAt) return 0;
    // Not at once: the clock of this process may be ahead.
    return Math.min(lookUpMs, Math.max(RETRY_MS, wakeAt - Date.now()));
  }
}
