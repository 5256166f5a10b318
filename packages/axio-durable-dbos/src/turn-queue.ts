import { DBOS, DBOSClient } from "@dbos-inc/dbos-sdk";
import { silentLogger } from "./logger.ts";

/** The name of the workflow in DBOS. */
export const WORKFLOW = "axio-run";
/**
 * The version of the application in DBOS, where versions are shared by all applications. Turns have no steps of DBOS, so that each
 * version of a program can continue those of another.
 */
export const versionOf = ({ application }: Pick<DbosPlace, "application">): string => `${application}-1`;

/** One attempt to continue a run as far as it gets. A run has one at a time, and each is a workflow of DBOS. */
export interface Turn {
  readonly runId: string;
  /** Counts from 0. */
  readonly number: number;
}

/** A turn that DBOS has given to a process. */
export interface TakenTurn {
  readonly id: string;
  readonly runId: string;
  /** The process, as DBOS knows it. */
  readonly executorId: string;
}

/** Where DBOS keeps its tables. */
export interface DbosPlace {
  readonly connection: string;
  readonly schema: string;
  readonly application: string;
}

const SECOND_MS = 1_000;

/** The turns of one application, in a queue of DBOS. Any process can use it, without an executor of DBOS. */
export class TurnQueue {
  readonly #client: DBOSClient;
  readonly #application: string;

  private constructor(client: DBOSClient, application: string) {
    this.#client = client;
    this.#application = application;
  }

  /** Creates or updates the tables, and connects. */
  static async open(
    { connection, schema, application }: DbosPlace,
    onError: (error: unknown) => void,
  ): Promise<TurnQueue> {
    await DBOS.migrate(connection, { schemaName: schema });
    const client = await DBOSClient.create({
      systemDatabaseUrl: connection,
      systemDatabaseSchemaName: schema,
      applicationName: application,
      logger: silentLogger(onError),
    });
    return new TurnQueue(client, application);
  }

  /** Names the queue in DBOS, where names are shared by all applications. */
  get #name(): string {
    return `${this.#application}-runs`;
  }

  /** Names a turn in DBOS, where names are shared by all applications. */
  #idOf({ runId, number }: Turn): string {
    return `${this.#application}/${runId}/${number}`;
  }

  /** Sets how many turns each process has at once, and how often it looks for them. The last setting holds for all. */
  async configure(concurrency: number, pollMs: number): Promise<void> {
    const options = { workerConcurrency: concurrency, minPollingIntervalMs: pollMs };
    await this.#client.registerQueue(this.#name, options);
  }

  /** Adds a turn that begins after a delay, rounded up to seconds. Does nothing if it exists. */
  async add(turn: Turn, delayMs = 0): Promise<void> {
    const options = {
      queueName: this.#name,
      workflowName: WORKFLOW,
      workflowID: this.#idOf(turn),
      appVersion: versionOf({ application: this.#application }),
      attributes: { runId: turn.runId },
      // DBOS looks for delayed workflows every second, and its table has no fractions of a millisecond.
      delaySeconds: Math.ceil(Math.max(0, delayMs) / SECOND_MS),
    };
    await this.#client.enqueue<(turn: Turn) => Promise<void>>(options, turn);
  }

  /** Lets the delayed turn of a run begin. Does nothing if it has none. */
  async wake(runId: string): Promise<void> {
    const delayed = await this.#client.listWorkflows({
      workflowName: WORKFLOW,
      applicationName: this.#application,
      attributes: { runId },
      status: "DELAYED",
      loadInput: false,
      loadOutput: false,
    });
    await this.requeue(delayed.map(({ workflowID }) => workflowID));
  }

  /** Whether a process has a turn. Another one may have taken it over. */
  async isTakenBy(turn: Turn, executorId: string): Promise<boolean> {
    const status = await this.#client.retrieveWorkflow(this.#idOf(turn)).getStatus();
    return status?.status === "PENDING" && status.executorId === executorId;
  }

  /** All turns that processes have. */
  async taken(): Promise<readonly TakenTurn[]> {
    const pending = await this.#client.listWorkflows({
      workflowName: WORKFLOW,
      applicationName: this.#application,
      status: "PENDING",
      loadInput: false,
      loadOutput: false,
    });
    return pending.map(({ workflowID, executorId = "", attributes }) => ({
      id: workflowID,
      runId: String(attributes?.["runId"]),
      executorId,
    }));
  }

  /** Gives turns to the next free process, although another one has them. DBOS refuses the outcome of the process that had them. */
  async requeue(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#client.resumeWorkflows([...ids], { queueName: this.#name });
  }

  /** Deletes a turn that is over. */
  async delete(turn: Turn): Promise<void> {
    await this.#client.deleteWorkflow(this.#idOf(turn));
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }
}
