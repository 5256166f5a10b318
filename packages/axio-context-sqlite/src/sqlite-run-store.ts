import type { ApprovalDecision, Block } from "axio";
import {
  type ApprovalFilter,
  type ClaimOptions,
  claimOf,
  type ModelResponse,
  type NewApproval,
  type NewRun,
  type NewToolCall,
  type ProlongedLease,
  type RunDeletion,
  type RunFilter,
  type RunLease,
  type RunState,
  type RunStore,
  type StoredApproval,
  type StoredModelCall,
  type StoredRun,
  type StoredToolCall,
  type ToolCallClaim,
} from "axio/runs";
import { findApproval, insertApproval, listApprovals, writeDecision } from "./approval-rows.ts";
import {
  findModelCall,
  findToolCall,
  listToolCalls,
  writeLateResult,
  writeModelCall,
  writeResult,
  writeToolCall,
} from "./call-rows.ts";
import type { ChangeWatch } from "./change-watch.ts";
import type { Connection, Transaction } from "./connection.ts";
import {
  deleteRuns,
  findDue,
  findHeld,
  findRun,
  insertRun,
  listRuns,
  type RunRow,
  updateRun,
} from "./run-rows.ts";

/** The topic that workers follow. */
const TOPIC = "runs";

const NO_LEASE = { owner: null, lease_until: null, wake_at: null } as const;

/** The durable runs of a session file. Several processes on one machine may continue them. */
export class SqliteRunStore implements RunStore {
  readonly #connection: Connection;
  readonly #watch: ChangeWatch;

  /** @internal Use `SessionDatabase.runs`. */
  constructor(connection: Connection, watch: ChangeWatch) {
    this.#connection = connection;
    this.#watch = watch;
  }

  async create(run: NewRun): Promise<StoredRun> {
    const stored = await this.#connection.write((transaction) => {
      const { runId } = run.state;
      if (findRun(transaction, runId) === undefined) insertRun(transaction, run, Date.now());
      return findRun(transaction, runId) as RunRow;
    });
    this.#watch.notify([TOPIC]);
    return toStoredRun(stored);
  }

  async get(runId: string): Promise<StoredRun | undefined> {
    const run = await this.#connection.read((transaction) => findRun(transaction, runId));
    return run === undefined ? undefined : toStoredRun(run);
  }

  async prompt(runId: string): Promise<readonly Block[]> {
    const [row] = await this.#connection.read((transaction) =>
      transaction.rows("SELECT prompt FROM run WHERE id = ?", runId),
    );
    return row === undefined ? [] : (JSON.parse(String(row["prompt"])) as readonly Block[]);
  }

  async list(filter: RunFilter = {}): Promise<readonly StoredRun[]> {
    return (await this.#connection.read((transaction) => listRuns(transaction, filter))).map(toStoredRun);
  }

  delete(filter: RunDeletion): Promise<number> {
    return this.#connection.write((transaction) => deleteRuns(transaction, filter));
  }

  async claim(options: ClaimOptions): Promise<readonly StoredRun[]> {
    // Most looks find nothing, and need no lock.
    const isDue = await this.#connection.read((transaction) => candidates(transaction, options).length > 0);
    if (!isDue) return [];
    const { owner, leaseMs } = options;
    const claimed = await this.#connection.write((transaction) =>
      candidates(transaction, options).map(({ id, number, epoch, attempts }) => {
        const now = Date.now();
        updateRun(transaction, number, now, {
          status: "running",
          owner,
          lease_until: now + leaseMs,
          wake_at: null,
          epoch: epoch + 1,
          attempts: attempts + 1,
        });
        return findRun(transaction, id) as RunRow;
      }),
    );
    return claimed.map(toStoredRun);
  }

  prolong(leases: readonly RunLease[], leaseMs: number): Promise<readonly ProlongedLease[]> {
    return this.#connection.write((transaction) =>
      leases.map((lease) => {
        const run = findHeld(transaction, lease);
        const now = Date.now();
        if (run !== undefined) updateRun(transaction, run.number, now, { lease_until: now + leaseMs });
        const stopRequested = run?.stopRequestedAt !== undefined;
        return { runId: lease.runId, held: run !== undefined, stopRequested };
      }),
    );
  }

  async release(lease: RunLease, { wakeAt, wakeups }: Parameters<RunStore["release"]>[1]): Promise<boolean> {
    const isReleased = await this.#writeHeld(lease, (transaction, run, now) => {
      const due = run.wakeups > wakeups ? now : (wakeAt ?? null);
      updateRun(transaction, run.number, now, { ...NO_LEASE, status: "waiting", wake_at: due });
      return true;
    });
    this.#watch.notify([TOPIC]);
    return isReleased ?? false;
  }

  async wake(runId: string): Promise<void> {
    await this.#connection.write((transaction) => wakeRun(transaction, findRun(transaction, runId)));
    this.#watch.notify([TOPIC]);
  }

  async requestStop(runId: string): Promise<StoredRun | undefined> {
    const run = await this.#connection.write((transaction) => {
      const found = findRun(transaction, runId);
      if (found === undefined || found.endedAt !== undefined) return found;
      const now = Date.now();
      updateRun(transaction, found.number, now, { stop_requested_at: found.stopRequestedAt ?? now });
      wakeRun(transaction, found);
      return findRun(transaction, runId);
    });
    this.#watch.notify([TOPIC]);
    return run === undefined ? undefined : toStoredRun(run);
  }

  async save(lease: RunLease, state: RunState): Promise<boolean> {
    const isSaved = await this.#writeHeld(lease, (transaction, run, now) => {
      updateRun(transaction, run.number, now, { state: JSON.stringify(state), attempts: 0 });
      return true;
    });
    return isSaved ?? false;
  }

  async end(lease: RunLease, { status, state, failure }: Parameters<RunStore["end"]>[1]): Promise<boolean> {
    const isEnded = await this.#writeHeld(lease, (transaction, run, now) => {
      updateRun(transaction, run.number, now, {
        ...NO_LEASE,
        status,
        state: JSON.stringify(state),
        failure: failure === undefined ? null : JSON.stringify(failure),
        ended_at: now,
      });
      return true;
    });
    this.#watch.notify([TOPIC]);
    return isEnded ?? false;
  }

  startModelCall(lease: RunLease, step: number): Promise<StoredModelCall | undefined> {
    return this.#writeHeld(lease, (transaction, { number }) => {
      const stored = findModelCall(transaction, number, step);
      if (stored?.response !== undefined) return stored;
      const call = { step, attempt: (stored?.attempt ?? 0) + 1 };
      writeModelCall(transaction, number, call);
      return call;
    });
  }

  async settleModelCall(
    lease: RunLease,
    step: number,
    response: ModelResponse,
    state: RunState,
  ): Promise<boolean> {
    const isSettled = await this.#writeHeld(lease, (transaction, { number }, now) => {
      const { attempt = 1 } = findModelCall(transaction, number, step) ?? {};
      writeModelCall(transaction, number, { step, attempt, response });
      updateRun(transaction, number, now, { state: JSON.stringify(state), attempts: 0 });
      return true;
    });
    return isSettled ?? false;
  }

  modelCall(runId: string, step: number): Promise<StoredModelCall | undefined> {
    return this.#connection.read((transaction) => {
      const run = findRun(transaction, runId);
      return run === undefined ? undefined : findModelCall(transaction, run.number, step);
    });
  }

  claimToolCall(lease: RunLease, call: NewToolCall): Promise<ToolCallClaim | undefined> {
    return this.#writeHeld(lease, (transaction, { number }, startedAt) => {
      const claim = claimOf(findToolCall(transaction, number, call.key), call.effect);
      const { epoch } = lease;
      if (claim.status === "claimed")
        writeToolCall(transaction, number, { ...call, attempt: claim.attempt, epoch, startedAt });
      return claim;
    });
  }

  settleToolCall(
    lease: RunLease,
    key: string,
    { result, status = "settled" }: Parameters<RunStore["settleToolCall"]>[2],
  ): Promise<boolean> {
    return this.#connection.write((transaction) => {
      const held = findHeld(transaction, lease);
      const run = held ?? findRun(transaction, lease.runId);
      if (run === undefined || findToolCall(transaction, run.number, key) === undefined) return false;
      if (held === undefined) writeLateResult(transaction, run.number, key, result);
      else writeResult(transaction, run.number, key, { result, status });
      return held !== undefined;
    });
  }

  toolCalls(runId: string, step?: number): Promise<readonly StoredToolCall[]> {
    return this.#connection.read((transaction) => listToolCalls(transaction, runId, step));
  }

  ask(lease: RunLease, approval: NewApproval): Promise<StoredApproval | undefined> {
    return this.#writeHeld(lease, (transaction, { number }, now) => {
      insertApproval(transaction, number, approval, now);
      return findApproval(transaction, approval.id);
    });
  }

  approval(id: string): Promise<StoredApproval | undefined> {
    return this.#connection.read((transaction) => findApproval(transaction, id));
  }

  approvals(filter: ApprovalFilter = {}): Promise<readonly StoredApproval[]> {
    return this.#connection.read((transaction) => listApprovals(transaction, filter, Date.now()));
  }

  async decide(id: string, decision: ApprovalDecision, by?: string): Promise<StoredApproval | undefined> {
    const decided = await this.#connection.write((transaction) => {
      const wasOpen = writeDecision(transaction, id, decision, by, Date.now());
      const approval = findApproval(transaction, id);
      if (wasOpen && approval !== undefined) wakeRun(transaction, findRun(transaction, approval.runId));
      return approval;
    });
    this.#watch.notify([TOPIC]);
    return decided;
  }

  follow(onChange: () => void): () => void {
    return this.#watch.follow(TOPIC, onChange);
  }

  /** Writes if the lease is the newest of its run. */
  #writeHeld<T>(
    lease: RunLease,
    work: (transaction: Transaction, run: RunRow, now: number) => T,
  ): Promise<T | undefined> {
    return this.#connection.write((transaction) => {
      const run = findHeld(transaction, lease);
      return run === undefined ? undefined : work(transaction, run, Date.now());
    });
  }
}

/** The runs that a claim gets. */
function candidates(
  transaction: Transaction,
  { limit = 1, runId, force = false, maxAttempts = Number.MAX_SAFE_INTEGER, suspects = 0 }: ClaimOptions,
): readonly RunRow[] {
  const now = Date.now();
  if (runId === undefined) {
    const due = findDue(transaction, now, { limit, attempts: [0, maxAttempts] });
    const rest = Math.min(suspects, limit - due.length);
    if (rest <= 0) return due;
    const more = [maxAttempts + 1, Number.MAX_SAFE_INTEGER] as const;
    return [...due, ...findDue(transaction, now, { limit: rest, attempts: more })];
  }
  const run = findRun(transaction, runId);
  if (run === undefined || run.endedAt !== undefined) return [];
  if (run.attempts > maxAttempts && suspects === 0) return [];
  const dueAt = { pending: 0, waiting: run.wakeAt, running: run.leaseUntil }[run.status as "pending"];
  return force || (dueAt !== undefined && dueAt <= now) ? [run] : [];
}

function wakeRun(transaction: Transaction, run: RunRow | undefined): void {
  if (run === undefined || run.endedAt !== undefined) return;
  const now = Date.now();
  const due = run.status === "waiting" ? { wake_at: now } : {};
  updateRun(transaction, run.number, now, { wakeups: run.wakeups + 1, ...due });
}

function toStoredRun({ number: _number, ...run }: RunRow): StoredRun {
  return run;
}
