import type { Block, ToolResultBlock } from "../blocks.ts";
import type { ApprovalDecision } from "../tool.ts";
import type { ApprovalFilter, NewApproval, StoredApproval } from "./approval.ts";
import { ChangeListeners } from "./change-listeners.ts";
import { MemoryEventLog } from "./memory-event-log.ts";
import type { RunState } from "./run-state.ts";
import type {
  ClaimOptions,
  NewRun,
  ProlongedLease,
  RunDeletion,
  RunFilter,
  RunLease,
  RunStore,
  StoredRun,
} from "./run-store.ts";
import {
  claimOf,
  type ModelResponse,
  type NewToolCall,
  type StoredModelCall,
  type StoredToolCall,
  type ToolCallClaim,
} from "./stored-call.ts";

/** Everything about one run. */
interface RunRecord {
  run: StoredRun;
  readonly prompt: readonly Block[];
  readonly modelCalls: Map<number, StoredModelCall>;
  readonly toolCalls: Map<string, StoredToolCall>;
  readonly approvals: Map<string, StoredApproval>;
}

/** The topic that workers follow. */
const TOPIC = "runs";

/** Stores durable runs in memory, for tests and for runs that need not outlive the process. */
export class MemoryRunStore implements RunStore {
  /** The events of the runs. */
  readonly events: MemoryEventLog = new MemoryEventLog((runId) => this.#records.get(runId)?.run.epoch);
  readonly #records = new Map<string, RunRecord>();
  readonly #listeners = new ChangeListeners();
  readonly #now: () => number;

  /** @param now The clock. Default: `Date.now`. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async create({ state, prompt }: NewRun): Promise<StoredRun> {
    const { runId: id, conversationId } = state;
    const found = this.#records.get(id);
    if (found !== undefined) return found.run;
    const now = this.#now();
    const run: StoredRun = {
      id,
      conversationId,
      status: "pending",
      state,
      epoch: 0,
      attempts: 0,
      wakeups: 0,
      createdAt: now,
      updatedAt: now,
    };
    this.#records.set(id, {
      run,
      prompt,
      modelCalls: new Map(),
      toolCalls: new Map(),
      approvals: new Map(),
    });
    this.#notify();
    return run;
  }

  async get(runId: string): Promise<StoredRun | undefined> {
    return this.#records.get(runId)?.run;
  }

  async prompt(runId: string): Promise<readonly Block[]> {
    return this.#records.get(runId)?.prompt ?? [];
  }

  async list({ conversationId, status, limit = 100, before }: RunFilter = {}): Promise<readonly StoredRun[]> {
    const isOlder = (run: StoredRun): boolean => before === undefined || compareRuns(run, before) < 0;
    return [...this.#records.values()]
      .map(({ run }) => run)
      .filter((run) => conversationId === undefined || run.conversationId === conversationId)
      .filter((run) => status === undefined || status.includes(run.status))
      .filter(isOlder)
      .sort((left, right) => compareRuns(right, left))
      .slice(0, limit);
  }

  async delete({ runId, conversationId, endedBefore }: RunDeletion): Promise<number> {
    if (runId === undefined && conversationId === undefined && endedBefore === undefined) return 0;
    const isDeleted = ({ run }: RunRecord): boolean =>
      (runId === undefined || run.id === runId) &&
      (conversationId === undefined || run.conversationId === conversationId) &&
      (endedBefore === undefined || (run.endedAt ?? Number.POSITIVE_INFINITY) < endedBefore);
    const deleted = [...this.#records.values()].filter(isDeleted);
    for (const { run } of deleted) {
      this.#records.delete(run.id);
      this.events.forget(run.id);
    }
    return deleted.length;
  }

  async claim(options: ClaimOptions): Promise<readonly StoredRun[]> {
    const { owner, leaseMs, limit = 1, runId, force } = options;
    const { maxAttempts = Number.POSITIVE_INFINITY, suspects = 0 } = options;
    const now = this.#now();
    const due = [...this.#records.values()]
      .filter(({ run }) => runId === undefined || run.id === runId)
      .filter(({ run }) => isDue(run, now) || (runId !== undefined && force === true && !isOver(run)));
    const isSuspect = ({ run }: RunRecord): boolean => run.attempts > maxAttempts;
    const others = due.filter((record) => !isSuspect(record));
    const claimed = [...others, ...due.filter(isSuspect).slice(0, suspects)].slice(0, limit);
    return claimed.map((record) =>
      this.#update(record, {
        status: "running",
        owner,
        leaseUntil: now + leaseMs,
        wakeAt: undefined,
        epoch: record.run.epoch + 1,
        attempts: record.run.attempts + 1,
      }),
    );
  }

  async prolong(leases: readonly RunLease[], leaseMs: number): Promise<readonly ProlongedLease[]> {
    return leases.map((lease) => {
      const record = this.#held(lease);
      if (record !== undefined) this.#update(record, { leaseUntil: this.#now() + leaseMs });
      const stopRequested = record?.run.stopRequestedAt !== undefined;
      return { runId: lease.runId, held: record !== undefined, stopRequested };
    });
  }

  async release(
    lease: RunLease,
    { wakeAt, wakeups }: { readonly wakeAt?: number | undefined; readonly wakeups: number },
  ): Promise<boolean> {
    const record = this.#held(lease);
    if (record === undefined) return false;
    const wasWoken = record.run.wakeups > wakeups;
    this.#update(record, { ...NO_LEASE, status: "waiting", wakeAt: wasWoken ? this.#now() : wakeAt });
    if (wasWoken) this.#notify();
    return true;
  }

  async wake(runId: string): Promise<void> {
    const record = this.#records.get(runId);
    if (record === undefined || isOver(record.run)) return;
    const { status, wakeups } = record.run;
    this.#update(record, {
      wakeups: wakeups + 1,
      ...(status === "waiting" ? { wakeAt: this.#now() } : {}),
    });
    this.#notify();
  }

  async requestStop(runId: string): Promise<StoredRun | undefined> {
    const record = this.#records.get(runId);
    if (record === undefined || isOver(record.run)) return record?.run;
    this.#update(record, { stopRequestedAt: record.run.stopRequestedAt ?? this.#now() });
    await this.wake(runId);
    return record.run;
  }

  async save(lease: RunLease, state: RunState): Promise<boolean> {
    const record = this.#held(lease);
    if (record !== undefined) this.#update(record, { state, attempts: 0 });
    return record !== undefined;
  }

  async end(lease: RunLease, end: Parameters<RunStore["end"]>[1]): Promise<boolean> {
    const record = this.#held(lease);
    if (record !== undefined) this.#update(record, { ...NO_LEASE, ...end, endedAt: this.#now() });
    return record !== undefined;
  }

  async startModelCall(lease: RunLease, step: number): Promise<StoredModelCall | undefined> {
    const record = this.#held(lease);
    if (record === undefined) return undefined;
    const stored = record.modelCalls.get(step);
    if (stored?.response !== undefined) return stored;
    const call = { step, attempt: (stored?.attempt ?? 0) + 1 };
    record.modelCalls.set(step, call);
    return call;
  }

  async settleModelCall(
    lease: RunLease,
    step: number,
    response: ModelResponse,
    state: RunState,
  ): Promise<boolean> {
    const record = this.#held(lease);
    if (record === undefined) return false;
    const { attempt = 1 } = record.modelCalls.get(step) ?? {};
    record.modelCalls.set(step, { step, attempt, response });
    return this.save(lease, state);
  }

  async modelCall(runId: string, step: number): Promise<StoredModelCall | undefined> {
    return this.#records.get(runId)?.modelCalls.get(step);
  }

  async claimToolCall(lease: RunLease, call: NewToolCall): Promise<ToolCallClaim | undefined> {
    const record = this.#held(lease);
    if (record === undefined) return undefined;
    const claim = claimOf(record.toolCalls.get(call.key), call.effect);
    if (claim.status === "claimed") {
      const { attempt } = claim;
      record.toolCalls.set(call.key, {
        ...call,
        status: "running",
        attempt,
        epoch: lease.epoch,
        startedAt: this.#now(),
      });
    }
    return claim;
  }

  async settleToolCall(
    lease: RunLease,
    key: string,
    { result, status = "settled" }: Parameters<RunStore["settleToolCall"]>[2],
  ): Promise<boolean> {
    const record = this.#records.get(lease.runId);
    const call = record?.toolCalls.get(key);
    if (record === undefined || call === undefined) return false;
    const isHeld = this.#held(lease) !== undefined;
    if (isHeld && call.result === undefined) record.toolCalls.set(key, { ...call, status, result });
    else if (!isHeld) record.toolCalls.set(key, { ...call, lateResult: result });
    return isHeld;
  }

  async transactToolCall(
    lease: RunLease,
    key: string,
    execute: (sql: unknown) => Promise<ToolResultBlock>,
  ): Promise<ToolResultBlock | undefined> {
    if (this.#held(lease) === undefined) return undefined;
    const result = await execute(undefined);
    return (await this.settleToolCall(lease, key, { result })) ? result : undefined;
  }

  async toolCalls(runId: string, step?: number): Promise<readonly StoredToolCall[]> {
    const calls = [...(this.#records.get(runId)?.toolCalls.values() ?? [])];
    return calls.filter((call) => step === undefined || call.step === step);
  }

  async ask(lease: RunLease, approval: NewApproval): Promise<StoredApproval | undefined> {
    const record = this.#held(lease);
    if (record === undefined) return undefined;
    const stored = record.approvals.get(approval.id) ?? { ...approval, askedAt: this.#now() };
    record.approvals.set(approval.id, stored);
    return stored;
  }

  async approval(id: string): Promise<StoredApproval | undefined> {
    return this.#approvalRecord(id)?.approvals.get(id);
  }

  async approvals({
    runId,
    conversationId,
    open = false,
  }: ApprovalFilter = {}): Promise<readonly StoredApproval[]> {
    const now = this.#now();
    return [...this.#records.values()]
      .flatMap(({ approvals }) => [...approvals.values()])
      .filter((approval) => runId === undefined || approval.runId === runId)
      .filter((approval) => conversationId === undefined || approval.conversationId === conversationId)
      .filter((approval) => !open || isOpen(approval, now))
      .sort((left, right) => left.askedAt - right.askedAt);
  }

  async decide(
    id: string,
    decision: ApprovalDecision,
    by?: string | undefined,
  ): Promise<StoredApproval | undefined> {
    const record = this.#approvalRecord(id);
    const stored = record?.approvals.get(id);
    if (record === undefined || stored === undefined || !isOpen(stored, this.#now())) return stored;
    const decided: StoredApproval = { ...stored, decision, decidedBy: by, decidedAt: this.#now() };
    record.approvals.set(id, decided);
    await this.wake(stored.runId);
    return decided;
  }

  follow(onChange: () => void): () => void {
    return this.#listeners.follow(TOPIC, onChange);
  }

  #approvalRecord(id: string): RunRecord | undefined {
    return [...this.#records.values()].find(({ approvals }) => approvals.has(id));
  }

  #held({ runId, epoch }: RunLease): RunRecord | undefined {
    const record = this.#records.get(runId);
    return record?.run.epoch === epoch && record.run.status === "running" ? record : undefined;
  }

  #update(record: RunRecord, change: Partial<StoredRun>): StoredRun {
    record.run = { ...record.run, ...change, updatedAt: this.#now() };
    return record.run;
  }

  #notify(): void {
    this.#listeners.tell([TOPIC]);
  }
}

const NO_LEASE = { owner: undefined, leaseUntil: undefined, wakeAt: undefined } as const;

function isOver({ status }: StoredRun): boolean {
  return status === "done" || status === "stopped" || status === "failed";
}

function isDue({ status, wakeAt, leaseUntil }: StoredRun, now: number): boolean {
  if (status === "pending") return true;
  const at = status === "waiting" ? wakeAt : status === "running" ? leaseUntil : undefined;
  return at !== undefined && at <= now;
}

function isOpen({ decision, expiresAt }: StoredApproval, now: number): boolean {
  return decision === undefined && (expiresAt === undefined || expiresAt > now);
}

/** Negative if the left run was created before the right one. */
function compareRuns(
  left: Pick<StoredRun, "createdAt" | "id">,
  right: Pick<StoredRun, "createdAt" | "id">,
): number {
  return left.createdAt - right.createdAt || (left.id < right.id ? -1 : Number(left.id > right.id));
}
