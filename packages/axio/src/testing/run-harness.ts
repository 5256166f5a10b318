import type { EventLog } from "../runs/event-log.ts";
import { callKey, type RunState, startRun } from "../runs/run-state.ts";
import type { RunLease, RunStore, StoredRun } from "../runs/run-store.ts";
import type { NewToolCall } from "../runs/stored-call.ts";
import type { ToolEffect } from "../tool.ts";
import { assert } from "./assertions.ts";
import type { TestRunner } from "./contract-runner.ts";

/** A run store and its event log under test. */
export interface RunStoreHarness {
  /** A new, empty store. */
  readonly runs: RunStore;
  readonly events: EventLog;
  /** Opens the same store again, as another process would. Default: the store is in memory. */
  readonly reopen?: (() => Promise<{ readonly runs: RunStore; readonly events: EventLog }>) | undefined;
  /** Called once after each check. */
  readonly close: () => Promise<void>;
}

/** The options of `describeRunStore()` and `describeEventLog()`. */
export interface RunStoreContract extends TestRunner {
  readonly name: string;
  readonly create: () => Promise<RunStoreHarness>;
}

/** A lease that ends long after the test. */
export const LONG_MS = 600_000;

/** The state of a new run. */
export function newState(runId: string, conversationId = "conversation"): RunState {
  return startRun({ runId, conversationId, maxSteps: 50, repetitionLimit: 5 });
}

/** Creates a run. */
export function createRun(runs: RunStore, runId: string, conversationId?: string): Promise<StoredRun> {
  return runs.create({ state: newState(runId, conversationId), prompt: [{ type: "text", text: runId }] });
}

/** Claims a run by force, as the next worker. */
export async function takeLease(runs: RunStore, runId: string, owner = "worker"): Promise<RunLease> {
  const [run] = await runs.claim({ owner, leaseMs: LONG_MS, runId, force: true });
  assert(run !== undefined, `The run ${runId} could not be claimed.`);
  return { runId, owner, epoch: run.epoch };
}

/** A tool call of the first step. */
export function newCall(position: number, effect: ToolEffect = "once"): NewToolCall {
  const key = callKey(1, position);
  return { key, step: 1, toolCallId: `call-${position}`, name: "send", inputHash: "hash", effect };
}
