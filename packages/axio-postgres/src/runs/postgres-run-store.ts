import { type ApprovalDecision, AxioError, type Block, type ToolResultBlock } from "axio";
import type {
  ApprovalFilter,
  ClaimOptions,
  ModelResponse,
  NewApproval,
  NewRun,
  NewToolCall,
  ProlongedLease,
  RunDeletion,
  RunFilter,
  RunLease,
  RunState,
  RunStore,
  StoredApproval,
  StoredModelCall,
  StoredRun,
  StoredToolCall,
  ToolCallClaim,
} from "axio/runs";
import { topicOf } from "../database/change-feed.ts";
import type { PostgresDatabase } from "../database/database.ts";
import { findApproval, insertApproval, listApprovals, writeDecision } from "./approval-rows.ts";
import {
  beginModelCall,
  beginToolCall,
  findModelCall,
  isHeld,
  listToolCalls,
  repeatToolCall,
  writeResponse,
  writeResult,
} from "./call-rows.ts";
import { endRun, releaseRun, saveState, wakeRun } from "./lease-rows.ts";
import {
  claimRuns,
  deleteRuns,
  findRun,
  insertRun,
  listRuns,
  prolongLeases,
  readPrompt,
} from "./run-rows.ts";

/** Options of {@link PostgresRunStore} and {@link PostgresEventLog}. */
export interface PostgresRunsOptions {
  /** The tenant: its runs are seen by stores of the same space only. Default: `""`. */
  readonly space?: string | undefined;
}

/** How many runs a transaction of `delete()` deletes. */
const DELETED_AT_ONCE = 500;

/**
 * The durable runs of one space of a database. Workers on any number of machines may continue them. Each change of a run is
 * one statement, so that a worker that is suspended or cut off in the middle holds no lock.
 */
export class PostgresRunStore implements RunStore {
  readonly #database: PostgresDatabase;
  readonly #space: string;
  /** The topic that workers follow. */
  readonly #topic: string;

  constructor(database: PostgresDatabase, { space = "" }: PostgresRunsOptions = {}) {
    this.#database = database;
    this.#space = space;
    this.#topic = topicOf("runs", space);
  }

  async create(run: NewRun): Promise<StoredRun> {
    const { runId } = run.state;
    const created = await this.#database.query((sql) => insertRun(sql, this.#space, run, this.#payload()));
    this.#tell();
    const stored = created ?? (await this.get(runId));
    if (stored !== undefined) return stored;
    throw new AxioError("store-locked", `The run ${runId} was deleted meanwhile. Start it again.`, {
      retryable: true,
    });
  }

  get(runId: string): Promise<StoredRun | undefined> {
    return this.#database.query((sql) => findRun(sql, this.#space, runId));
  }

  prompt(runId: string): Promise<readonly Block[]> {
    return this.#database.query((sql) => readPrompt(sql, this.#space, runId));
  }

  list(filter: RunFilter = {}): Promise<readonly StoredRun[]> {
    return this.#database.query((sql) => listRuns(sql, this.#space, filter));
  }

  /** As {@link RunStore.delete}, 500 in each transaction. */
  async delete(filter: RunDeletion): Promise<number> {
    for (let deleted = 0; ; ) {
      const count = await this.#database.transaction((sql) =>
        deleteRuns(sql, this.#space, filter, DELETED_AT_ONCE),
      );
      deleted += count;
      if (count < DELETED_AT_ONCE) return deleted;
    }
  }

  /** As {@link RunStore.claim}. Those that have been due the longest first. */
  claim(options: ClaimOptions): Promise<readonly StoredRun[]> {
    return this.#database.query((sql) => claimRuns(sql, this.#space, options));
  }

  /** As {@link RunStore.prolong}. A lease of which more than five sixths are left stays as it is. */
  prolong(leases: readonly RunLease[], leaseMs: number): Promise<readonly ProlongedLease[]> {
    return this.#database.query((sql) => prolongLeases(sql, this.#space, leases, leaseMs));
  }

  async release(lease: RunLease, wait: Parameters<RunStore["release"]>[1]): Promise<boolean> {
    const payload = this.#payload();
    const isDue = await this.#database.query((sql) =>
      releaseRun(sql, this.#space, lease, { ...wait, payload }),
    );
    if (isDue === true) this.#tell();
    return isDue !== undefined;
  }

  async wake(runId: string): Promise<void> {
    const payload = this.#payload();
    if (await this.#database.query((sql) => wakeRun(sql, this.#space, runId, { payload }))) this.#tell();
  }

  async requestStop(runId: string): Promise<StoredRun | undefined> {
    const payload = this.#payload();
    if (await this.#database.query((sql) => wakeRun(sql, this.#space, runId, { payload, stop: true })))
      this.#tell();
    return this.get(runId);
  }

  save(lease: RunLease, state: RunState): Promise<boolean> {
    return this.#database.query((sql) => saveState(sql, this.#space, lease, state));
  }

  end(lease: RunLease, end: Parameters<RunStore["end"]>[1]): Promise<boolean> {
    return this.#database.query((sql) => endRun(sql, this.#space, lease, end));
  }

  startModelCall(lease: RunLease, step: number): Promise<StoredModelCall | undefined> {
    return this.#database.query((sql) => beginModelCall(sql, this.#space, lease, step));
  }

  settleModelCall(lease: RunLease, step: number, response: ModelResponse, state: RunState): Promise<boolean> {
    return this.#database.query((sql) => writeResponse(sql, this.#space, lease, { step, response, state }));
  }

  modelCall(runId: string, step: number): Promise<StoredModelCall | undefined> {
    return this.#database.query((sql) => findModelCall(sql, this.#space, runId, step));
  }

  async claimToolCall(lease: RunLease, call: NewToolCall): Promise<ToolCallClaim | undefined> {
    if (await this.#database.query((sql) => beginToolCall(sql, this.#space, lease, call)))
      return { status: "claimed", attempt: 1 };
    return this.#database.transaction((sql) => repeatToolCall(sql, this.#space, lease, call));
  }

  settleToolCall(
    lease: RunLease,
    key: string,
    { result, status = "settled" }: Parameters<RunStore["settleToolCall"]>[2],
  ): Promise<boolean> {
    return this.#database.query((sql) => writeResult(sql, this.#space, lease, { key, result, status }));
  }

  /**
   * As {@link RunStore.transactToolCall}. `sql` is a {@link Queries} of the transaction. It needs a connection for as long as
   * the tool runs, and ends if the tool runs no statement for 20 seconds.
   */
  async transactToolCall(
    lease: RunLease,
    key: string,
    execute: (sql: unknown) => Promise<ToolResultBlock>,
  ): Promise<ToolResultBlock | undefined> {
    let failure: { readonly error: unknown } | undefined;
    try {
      // Once: a tool whose transaction was disturbed must not show its output twice.
      return await this.#database.transaction(async (sql) => {
        if (!(await isHeld(sql, this.#space, lease))) throw LOST;
        const result = await execute(sql).catch((error: unknown) => {
          failure = { error };
          throw error;
        });
        // Locks the run, so that no other worker can claim it before the commit.
        if (!(await writeResult(sql, this.#space, lease, { key, result, status: "settled" }))) throw LOST;
        return result;
      }, 1);
    } catch (error) {
      if (error === LOST) return undefined;
      throw failure === undefined ? error : failure.error;
    }
  }

  toolCalls(runId: string, step?: number): Promise<readonly StoredToolCall[]> {
    return this.#database.query((sql) => listToolCalls(sql, this.#space, runId, step));
  }

  async ask(lease: RunLease, approval: NewApproval): Promise<StoredApproval | undefined> {
    return this.#database.query(async (sql) =>
      (await insertApproval(sql, this.#space, lease, approval))
        ? findApproval(sql, this.#space, approval.id)
        : undefined,
    );
  }

  approval(id: string): Promise<StoredApproval | undefined> {
    return this.#database.query((sql) => findApproval(sql, this.#space, id));
  }

  approvals(filter: ApprovalFilter = {}): Promise<readonly StoredApproval[]> {
    return this.#database.query((sql) => listApprovals(sql, this.#space, filter));
  }

  async decide(id: string, decision: ApprovalDecision, by?: string): Promise<StoredApproval | undefined> {
    const payload = this.#payload();
    const approval = await this.#database.transaction(async (sql) => {
      await writeDecision(sql, this.#space, id, { decision, by, payload });
      return findApproval(sql, this.#space, id);
    });
    this.#tell();
    return approval;
  }

  follow(onChange: () => void): () => void {
    return this.#database.changes.follow(this.#topic, onChange);
  }

  #payload(): string {
    return this.#database.changes.payload([this.#topic]);
  }

  #tell(): void {
    this.#database.changes.tell([this.#topic]);
  }
}

/** Thrown within a transaction to roll it back. */
const LOST = new AxioError("aborted", "Another worker has the run.");
