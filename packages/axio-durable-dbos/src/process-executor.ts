import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { AxioError } from "axio";
import { silentLogger } from "./logger.ts";
import { type DbosPlace, type Turn, versionOf, WORKFLOW } from "./turn-queue.ts";

/** A worker of this process. */
export interface TurnWorker {
  readonly take: (turn: Turn) => Promise<void>;
}

const RETRY_MS = 1_000;
/** How long the connections may take to close, which wait for a database that does not respond. */
const DISCONNECT_MS = 5_000;

/** The executor that workers join. A process has one. */
let current: ProcessExecutor | undefined;
/** The executor that DBOS gives turns to, until its shutdown is over. */
let launched: ProcessExecutor | undefined;
/** The workflow can be registered once, before the first launch. */
let isRegistered = false;
/** DBOS is launched and shut down in turn, and not at once. */
let lifecycle: Promise<void> = Promise.resolve();

/** The executor of DBOS in this process, which its workers share. It is launched for the first, and shut down with the last. */
export class ProcessExecutor {
  /** Names the process in DBOS, from its launch to its end. */
  readonly id = randomUUID();
  readonly #place: DbosPlace;
  readonly #onError: (error: unknown) => void;
  /** With the turns that each works on. */
  readonly #workers = new Map<TurnWorker, Set<Turn>>();
  readonly #closing = new AbortController();
  /** The last shutdown. There is one at a time. */
  #ending: Promise<void> = Promise.resolve();

  private constructor(place: DbosPlace, onError: (error: unknown) => void) {
    this.#place = place;
    this.#onError = onError;
  }

  /**
   * Lets a worker take turns.
   *
   * @param prepare Is called before DBOS is launched. Retried as the launch is.
   * @throws AxioError `invalid-argument` if this process uses DBOS already, for something else.
   */
  static join(
    place: DbosPlace,
    worker: TurnWorker,
    prepare: () => Promise<void>,
    onError: (error: unknown) => void,
  ): ProcessExecutor {
    if (launched === undefined && DBOS.isInitialized()) {
      throw new AxioError(
        "invalid-argument",
        "DBOS was launched in this process, which can have one application of DBOS only. Start workers in a process of their own.",
      );
    }
    if (current !== undefined && !isSame(current.#place, place)) {
      throw new AxioError(
        "invalid-argument",
        "A worker of this process uses another database, schema or application of DBOS, of which a process can have one only. Start this worker in a process of its own.",
      );
    }
    const executor = current ?? new ProcessExecutor(place, onError);
    executor.#workers.set(worker, new Set());
    current = executor;
    lifecycle = lifecycle.then(() => executor.#launch(prepare));
    return executor;
  }

  /** Whether a worker of this process has a turn of the run. */
  has(runId: string): boolean {
    return [...this.#workers.values()].some((turns) => [...turns].some((turn) => turn.runId === runId));
  }

  /** Gives a worker no more turns. With the last one, DBOS is shut down: its turns have this long to end. */
  async leave(worker: TurnWorker, timeoutMs: number): Promise<void> {
    if (!this.#workers.has(worker)) return;
    if (this.#workers.size > 1) {
      this.#workers.delete(worker);
      return;
    }
    if (!this.#closing.signal.aborted) {
      // DBOS may still begin a turn that it has claimed: the worker passes it on.
      this.#closing.abort();
      current = undefined;
      lifecycle = lifecycle.then(() => this.#shutDown(timeoutMs));
    }
    const timer = new AbortController();
    const late = delay(timeoutMs + DISCONNECT_MS, undefined, timer);
    await Promise.race([lifecycle.finally(() => timer.abort()), late.catch(() => undefined)]);
  }

  /** Gives a turn to the worker that has the fewest. */
  async #take(turn: Turn): Promise<void> {
    const [worker, turns] = [...this.#workers].reduce((least, other) =>
      other[1].size < least[1].size ? other : least,
    );
    turns.add(turn);
    try {
      await worker.take(turn);
    } finally {
      turns.delete(turn);
    }
  }

  /** Launches DBOS, as soon as its database is there. Ends when the executor closes, whatever DBOS waits for. */
  async #launch(prepare: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    const closing = new Promise<true>((resolve) => {
      signal.addEventListener("abort", () => resolve(true), { once: true });
    });
    while (!signal.aborted && !(await Promise.race([this.#tryToLaunch(prepare), closing])))
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }

  /** Returns whether there is nothing left to do. */
  async #tryToLaunch(prepare: () => Promise<void>): Promise<boolean> {
    const { signal } = this.#closing;
    try {
      await prepare();
      if (launched === this || signal.aborted) return true;
      ProcessExecutor.#register();
      DBOS.setConfig({
        name: this.#place.application,
        systemDatabaseUrl: this.#place.connection,
        systemDatabaseSchemaName: this.#place.schema,
        applicationVersion: versionOf(this.#place),
        executorID: this.id,
        // Nothing here waits for messages or events of DBOS.
        useListenNotify: false,
        logger: silentLogger(this.#onError),
      });
      launched = this;
      await DBOS.launch();
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      this.#onError(error);
      await this.#shutDown(0);
      return false;
    }
  }

  #shutDown(timeoutMs: number): Promise<void> {
    this.#ending = this.#ending.then(async () => {
      if (launched !== this) return;
      try {
        await DBOS.shutdown({ workflowCompletionTimeoutMS: timeoutMs });
      } catch (error) {
        this.#onError(error);
      }
      launched = undefined;
    });
    return this.#ending;
  }

  /** Registers the workflow, which is possible before a launch only. */
  static #register(): void {
    if (isRegistered) return;
    isRegistered = true;
    DBOS.registerWorkflow(
      async (turn: Turn) => {
        if (launched !== undefined) await launched.#take(turn);
      },
      { name: WORKFLOW },
    );
  }
}

function isSame(one: DbosPlace, other: DbosPlace): boolean {
  return (
    one.connection === other.connection &&
    one.schema === other.schema &&
    one.application === other.application
  );
}
