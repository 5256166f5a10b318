/// <reference lib="esnext.disposable" preserve="true" />
import { AxioError } from "axio";
import type { RunStore } from "axio/runs";
import { type Engine, RunHolder, type RunHolderOptions, type Worker, type WorkerOptions } from "axio-durable";
import { defineWorkflowSpec, OpenWorkflow } from "openworkflow";
import { BackendPostgres } from "openworkflow/postgres";

/** The options of an {@link OpenWorkflowEngine}. */
export interface OpenWorkflowEngineOptions extends RunHolderOptions {
  /** The URL of the PostgreSQL database in which OpenWorkflow keeps its tables. */
  readonly connection: string;
  /** The schema of its tables, which it creates and updates by itself. Default: `axio_engine`. */
  readonly schema?: string | undefined;
  /** Separates programs that share a database. Default: `default`. */
  readonly namespace?: string | undefined;
  /**
   * How often a waiting run is looked up, since OpenWorkflow drops signals that come before the wait begins, and other programs
   * such as `axio runs` write to the run store only. Default: 60,000.
   */
  readonly lookUpMs?: number | undefined;
}

type Input = { readonly runId: string; readonly part: number };

const SPEC = defineWorkflowSpec<Input, null>({ name: "axio-run" });
/** OpenWorkflow allows 1,000 steps: a part has two for each time that the run waits. */
const WAITS_PER_PART = 200;
/** How long a wait takes at least, so that OpenWorkflow gives the run to the next free worker. */
const SHORTEST_WAIT_MS = 50;

/**
 * An engine on OpenWorkflow. It holds runs by leases of 30 seconds in its own tables, which contain ids only. Each run is a
 * workflow of two steps in turn: continue the run as far as it gets, and wait.
 *
 * @example
 * ```ts
 * import { DurableAgent } from "axio-durable";
 * import { OpenWorkflowEngine } from "axio-durable-openworkflow";
 * import { openPostgres, PostgresSessions } from "axio-postgres";
 *
 * const connection = "postgres://axio:secret@db.example.com/axio";
 * const sessions = new PostgresSessions(await openPostgres({ connection }));
 * const engine = await OpenWorkflowEngine.connect(sessions.runs, { connection });
 * const agent = new DurableAgent({ transport, store: sessions, engine });
 * ```
 */
export class OpenWorkflowEngine implements Engine, AsyncDisposable {
  readonly #runs: RunStore;
  readonly #options: OpenWorkflowEngineOptions;
  readonly #backend: BackendPostgres;

  private constructor(runs: RunStore, options: OpenWorkflowEngineOptions, backend: BackendPostgres) {
    this.#runs = runs;
    this.#options = options;
    this.#backend = backend;
  }

  /**
   * Connects to the database, and creates or updates OpenWorkflow's tables.
   *
   * @throws AxioError `store-unavailable` if it cannot be reached.
   */
  static async connect(runs: RunStore, options: OpenWorkflowEngineOptions): Promise<OpenWorkflowEngine> {
    const { connection, schema = "axio_engine", namespace } = options;
    try {
      const backend = await BackendPostgres.connect(connection, {
        schema,
        ...(namespace === undefined ? {} : { namespaceId: namespace }),
      });
      return new OpenWorkflowEngine(runs, options, backend);
    } catch (cause) {
      throw new AxioError(
        "store-unavailable",
        "The database of OpenWorkflow cannot be opened. Check its URL, and whether its user may create tables.",
        { cause },
      );
    }
  }

  async start(runId: string): Promise<void> {
    await this.#startPart({ runId, part: 0 });
  }

  async wake(runId: string): Promise<void> {
    await this.#client().sendSignal({ signal: runId });
  }

  startWorker({ handler, concurrency = 200 }: WorkerOptions): Worker {
    const holder = new RunHolder(this.#runs, handler, this.#options);
    const client = this.#client();
    client.implementWorkflow(SPEC, async ({ input: { runId, part }, step }) => {
      for (let wait = 0; wait < WAITS_PER_PART; wait += 1) {
        const continuation = await step.run({ name: `continue-${wait}` }, () => holder.advance(runId));
        if (continuation.kind === "over") return null;
        await step.waitForSignal({
          name: `wait-${wait}`,
          signal: runId,
          timeout: this.#waitMs(continuation.wakeAt),
        });
      }
      await step.run({ name: "next-part" }, () => this.#startPart({ runId, part: part + 1 }));
      return null;
    });
    const worker = client.newWorker({ concurrency });
    const started = worker.start();
    return {
      close: async () => {
        await started;
        const stopped = worker.stop();
        await holder.close();
        await stopped;
      },
    };
  }

  /** Closes the connections. Close the workers first. */
  async close(): Promise<void> {
    await this.#backend.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #startPart({ runId, part }: Input): Promise<void> {
    await this.#client().runWorkflow(SPEC, { runId, part }, { idempotencyKey: `${runId}/${part}` });
  }

  /** A client keeps the workflows of one worker. */
  #client(): OpenWorkflow {
    return new OpenWorkflow({ backend: this.#backend });
  }

  #waitMs(wakeAt: number | undefined): number {
    const { lookUpMs = 60_000 } = this.#options;
    if (wakeAt === undefined) return lookUpMs;
    return Math.max(SHORTEST_WAIT_MS, Math.min(lookUpMs, wakeAt - Date.now()));
  }
}
