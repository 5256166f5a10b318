import type { Block, ToolResultBlock } from "../blocks.ts";
import type { ErrorCode } from "../errors.ts";
import type { ApprovalDecision } from "../tool.ts";
import type { ApprovalFilter, NewApproval, StoredApproval } from "./approval.ts";
import type { RunState } from "./run-state.ts";
import type {
  ModelResponse,
  NewToolCall,
  StoredModelCall,
  StoredToolCall,
  ToolCallClaim,
} from "./stored-call.ts";

/**
 * - `pending`: no worker has had it yet.
 * - `running`: a worker holds its lease, or held it until it ended without a word.
 * - `waiting`: for a time, a decision or a signal. No worker is needed.
 * - `done`, `stopped`, `failed`: over.
 */
export type RunStatus = "pending" | "running" | "waiting" | "done" | "stopped" | "failed";

/** Why a run failed. Has no cause, because causes may contain content. */
export interface RunFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A run to create. */
export interface NewRun {
  /** The state before the first step. It has the ids of the run and the conversation. */
  readonly state: RunState;
  /** The user's input. Empty to continue from the history. */
  readonly prompt: readonly Block[];
}

/** A run, as a run store knows it. Times are in Unix milliseconds of the store's clock. */
export interface StoredRun {
  readonly id: string;
  readonly conversationId: string;
  readonly status: RunStatus;
  readonly state: RunState;
  /** How often a worker has claimed the run. */
  readonly epoch: number;
  /** How often a worker has claimed it since its state was last saved. */
  readonly attempts: number;
  /** How often it was woken. */
  readonly wakeups: number;
  /** The worker that holds the lease. */
  readonly owner?: string | undefined;
  readonly leaseUntil?: number | undefined;
  /** When a waiting run continues by itself. */
  readonly wakeAt?: number | undefined;
  readonly stopRequestedAt?: number | undefined;
  readonly failure?: RunFailure | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number | undefined;
}

/** The right to continue a run, until it expires or another worker claims the run. */
export interface RunLease {
  readonly runId: string;
  readonly owner: string;
  /** The number of the claim. Whatever is written under an older one is refused. */
  readonly epoch: number;
}

/** The options of `RunStore.claim()`. */
export interface ClaimOptions {
  /** Names the worker. */
  readonly owner: string;
  /** How long the lease lasts unless it is prolonged. */
  readonly leaseMs: number;
  /** How many runs to claim at most. Default: 1. */
  readonly limit?: number | undefined;
  /** Claims only runs whose `attempts` are at most this. Default: no limit. */
  readonly maxAttempts?: number | undefined;
  /** How many runs with more than `maxAttempts` to claim as well, if `limit` leaves room after the others. Default: 0. */
  readonly suspects?: number | undefined;
  /** Claims this run only. */
  readonly runId?: string | undefined;
  /** With `runId`: claims it although another worker holds it or it waits, for engines with leases of their own. Default: `false`. */
  readonly force?: boolean | undefined;
}

/** The outcome of prolonging a lease. */
export interface ProlongedLease {
  readonly runId: string;
  /** `false` if another worker has the run, or it is over or deleted. */
  readonly held: boolean;
  /** Whether the run is to be stopped. */
  readonly stopRequested: boolean;
}

/** Which runs to list. Newest first. */
export interface RunFilter {
  readonly conversationId?: string | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  /** How many at most. Default: 100. */
  readonly limit?: number | undefined;
  /** Only runs created before this one, for the next page. */
  readonly before?: Pick<StoredRun, "createdAt" | "id"> | undefined;
}

/** Which runs to delete. All given properties must fit. */
export interface RunDeletion {
  readonly runId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** Only runs that ended before this time, in Unix milliseconds. */
  readonly endedBefore?: number | undefined;
}

/**
 * Stores durable runs: their state, responses, tool calls and approvals. Several processes use it at once. All times are
 * measured by the clock of the store, so that clocks of workers may differ.
 *
 * Methods with a lease write only while it is the newest of its run: otherwise they change nothing and say so, with `false`
 * or `undefined`. That a lease has expired does not matter as long as no other worker has claimed the run.
 *
 * Each store must pass `describeRunStore()` of `axio/testing`.
 *
 * @throws AxioError `store-unavailable` or `store-locked`, from every method.
 */
export interface RunStore {
  /** Stores a run as `pending`. A run that exists is returned as it is. */
  create(run: NewRun): Promise<StoredRun>;
  get(runId: string): Promise<StoredRun | undefined>;
  /** The user's input of a run. Empty if there is no such run. */
  prompt(runId: string): Promise<readonly Block[]>;
  list(filter?: RunFilter): Promise<readonly StoredRun[]>;
  /** Deletes runs with their calls, approvals and events. Returns how many. A filter without properties deletes nothing. */
  delete(filter: RunDeletion): Promise<number>;

  /**
   * Gives due runs to a worker: pending ones, waiting ones whose time has come, and running ones whose lease has expired.
   * The oldest first, or those that have been due the longest. No two workers get the same claim.
   */
  claim(options: ClaimOptions): Promise<readonly StoredRun[]>;
  /** Prolongs leases by `leaseMs` from now. Returns one entry per lease. */
  prolong(leases: readonly RunLease[], leaseMs: number): Promise<readonly ProlongedLease[]>;
  /**
   * Gives a run back, as `waiting`.
   *
   * @param wakeAt When it is due again. `undefined`: when it is woken.
   * @param wakeups As claimed. If the run was woken since, it is due at once: no signal is lost.
   */
  release(
    lease: RunLease,
    wait: { readonly wakeAt?: number | undefined; readonly wakeups: number },
  ): Promise<boolean>;
  /** Makes a waiting run due, and remembers the signal for a running one. Does nothing for a run that is over. */
  wake(runId: string): Promise<void>;
  /** Asks to stop a run, and wakes it. Returns the run. A run that is over stays as it is. */
  requestStop(runId: string): Promise<StoredRun | undefined>;
  /** Stores the state and resets `attempts`. */
  save(lease: RunLease, state: RunState): Promise<boolean>;
  /** Ends a run. */
  end(
    lease: RunLease,
    end: {
      readonly status: "done" | "stopped" | "failed";
      readonly state: RunState;
      readonly failure?: RunFailure | undefined;
    },
  ): Promise<boolean>;

  /** Notes that the request of a step begins, unless its response is there. Returns `undefined` if the lease is lost. */
  startModelCall(lease: RunLease, step: number): Promise<StoredModelCall | undefined>;
  /** Stores the response of a step and the state after it, in one transaction. Resets `attempts`. */
  settleModelCall(lease: RunLease, step: number, response: ModelResponse, state: RunState): Promise<boolean>;
  /** The response of a step, if it is complete. */
  modelCall(runId: string, step: number): Promise<StoredModelCall | undefined>;

  /** Decides by `claimOf()` whether a call may be run, and notes that it begins. Returns `undefined` if the lease is lost. */
  claimToolCall(lease: RunLease, call: NewToolCall): Promise<ToolCallClaim | undefined>;
  /**
   * Stores the result of a call that has none. If the lease is lost, the result is kept as `lateResult`, which only users see.
   *
   * @param status `unknown` if it is not known whether the call had an effect. Default: `settled`.
   */
  settleToolCall(
    lease: RunLease,
    key: string,
    settled: { readonly result: ToolResultBlock; readonly status?: "settled" | "unknown" | undefined },
  ): Promise<boolean>;
  /**
   * Runs a tool of effect `transaction` that was claimed: what it writes through `sql` and its result are committed together, or
   * not at all. Returns `undefined` if the lease is lost; nothing is committed then. If `execute` throws, nothing is committed
   * either, and this throws that error. Absent if the store offers tools no transactions.
   */
  transactToolCall?(
    lease: RunLease,
    key: string,
    execute: (sql: unknown) => Promise<ToolResultBlock>,
  ): Promise<ToolResultBlock | undefined>;
  /** The calls of a run that were begun, or those of one step. */
  toolCalls(runId: string, step?: number): Promise<readonly StoredToolCall[]>;

  /** Stores a question. One that exists is returned as it is. Returns `undefined` if the lease is lost. */
  ask(lease: RunLease, approval: NewApproval): Promise<StoredApproval | undefined>;
  approval(id: string): Promise<StoredApproval | undefined>;
  /** Oldest first. */
  approvals(filter?: ApprovalFilter): Promise<readonly StoredApproval[]>;
  /**
   * Decides, and wakes the run. The first decision holds: a later one, and one after the expiry, changes nothing. Returns the
   * approval as it is then, or `undefined` if it does not exist.
   */
  decide(
    id: string,
    decision: ApprovalDecision,
    by?: string | undefined,
  ): Promise<StoredApproval | undefined>;

  /**
   * Calls `onChange` when a run may have become due or was asked to stop. Only a hint, which may be missing: workers also poll.
   * Returns a function that ends it.
   */
  follow(onChange: () => void): () => void;
}
