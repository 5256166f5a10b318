import {
  type ApprovalDecision,
  AxioError,
  type CallQuestion,
  type Tool,
  type ToolResultBlock,
  type ToolUseBlock,
} from "axio";
import {
  type AllowedCall,
  effectOf,
  knownResult,
  outOfStepsResult,
  runTool,
  unknownResult,
} from "axio/internal";
import {
  applyAsk,
  applyTool,
  type CallState,
  type NewToolCall,
  type RunState,
  type StoredToolCall,
} from "axio/runs";
import { approvalRequest, decisionOf, hashInput, newApproval } from "./approvals.ts";
import { assertHeld, type DriverInput, LeaseLostError } from "./driver-input.ts";

/** The calls to run now. */
export interface PendingCalls {
  readonly state: RunState;
  readonly pending: readonly CallState[];
  /** The calls that were begun before, some with results. */
  readonly known: readonly StoredToolCall[];
  /** All calls of the response, in order. */
  readonly toolUses: readonly ToolUseBlock[];
  /** Whether the calls are answered without running them. */
  readonly isLast: boolean;
}

/** The calls after they were run. */
export interface FinishedCalls {
  readonly state: RunState;
  /** The stored results, by the position of the call. */
  readonly results: ReadonlyMap<number, ToolResultBlock>;
}

/** Runs calls at once. Each gets one result, which is stored before anyone sees it, or waits for a decision. */
export async function runCalls(input: DriverInput, calls: PendingCalls): Promise<FinishedCalls> {
  const { pending, known, toolUses } = calls;
  let { state } = calls;
  const results = new Map<number, ToolResultBlock>();
  const finished = await Promise.allSettled(
    pending.map(async ({ key }) => {
      const call = toolUses[positionOf(key)];
      if (call === undefined) return { key, result: undefined };
      const stored = known.find((candidate) => candidate.key === key)?.result;
      return { key, result: stored ?? (await runCall(input, calls, key, call)) };
    }),
  );
  for (const outcome of finished) {
    if (outcome.status === "rejected") throw outcome.reason;
    const { key, result } = outcome.value;
    state = result === undefined ? applyAsk(state, key) : applyTool(state, key);
    if (result !== undefined) results.set(positionOf(key), result);
  }
  return { state, results };
}

/** The position of a call in its response. */
export function positionOf(key: string): number {
  return Number(key.split(".")[1]);
}

async function runCall(
  input: DriverInput,
  { state, isLast }: PendingCalls,
  key: string,
  call: ToolUseBlock,
): Promise<ToolResultBlock | undefined> {
  const { agent, context, events, signal } = input;
  const { id: toolCallId, name } = call;
  let result = isLast ? outOfStepsResult(toolCallId) : undefined;
  let isSettled = false;
  if (result === undefined) {
    const controller = new AbortController();
    const stop = (): void => controller.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    try {
      result = await runTool(call, {
        tools: agent.tools.filter((tool): tool is Tool => tool.hosted === undefined),
        guards: agent.guards,
        context,
        controller,
        onOutput: (delta) => events.write([{ type: "tool-output-delta", toolCallId, name, delta }]),
        onWait: () => undefined,
        decide: (question) => decide(input, state, key, question),
        attempt: async (allowed) => {
          isSettled = true;
          return attempt(input, state, key, allowed);
        },
      });
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
  if (result === undefined) return undefined;
  // A result without an attempt, such as a denial, is stored like any other.
  if (!isSettled) {
    assertNotInterrupted(input);
    await settleWithoutAttempt(input, newCall(state, key, call), result);
  }
  events.write([{ type: "tool-result", toolCallId, name, result }]);
  return result;
}

/** Executes an allowed call if its effect permits that, and stores its result. */
async function attempt(
  input: DriverInput,
  state: RunState,
  key: string,
  { call, tool, input: toolInput, execute }: AllowedCall,
): Promise<ToolResultBlock> {
  const { runs, lease } = input;
  const { runId } = lease;
  const idempotencyKey = `${runId}.${key}`;
  const effect = effectOf(tool);
  const claim = await runs.claimToolCall(lease, { ...newCall(state, key, call), effect });
  if (claim === undefined) throw new LeaseLostError(runId);
  if (claim.status === "settled") return claim.result;
  let result: ToolResultBlock;
  let status: "settled" | "unknown" = "settled";
  if (claim.status === "interrupted") {
    const known = await reconcile(tool, toolInput, call.id, idempotencyKey);
    if (known === undefined) status = "unknown";
    result =
      known === "not-happened"
        ? await execute({ idempotencyKey, attempt: claim.attempt + 1 })
        : (known ?? unknownResult(call.id));
  } else if (effect === "transaction") {
    const run = (sql: unknown) => execute({ idempotencyKey, attempt: claim.attempt, sql });
    const transacted = await transact(input, key, run);
    if (transacted.isStored) return transacted.result;
    result = transacted.result;
  } else result = await execute({ idempotencyKey, attempt: claim.attempt });
  assertNotInterrupted(input);
  assertHeld(runId, await runs.settleToolCall(lease, key, { result, status }));
  return result;
}

/** Runs a call in a transaction. If it fails or is stopped, nothing of it stays, and its result is not stored yet. */
async function transact(
  { runs, lease }: DriverInput,
  key: string,
  run: (sql: unknown) => Promise<ToolResultBlock>,
): Promise<{ readonly result: ToolResultBlock; readonly isStored: boolean }> {
  let failed: ToolResultBlock | undefined;
  try {
    const result = await runs.transactToolCall?.(lease, key, async (sql) => {
      const outcome = await run(sql);
      if (outcome.isError !== true) return outcome;
      failed = outcome;
      throw new AxioError("aborted", "The call failed, so its transaction is rolled back.");
    });
    if (result === undefined) throw new LeaseLostError(lease.runId);
    return { result, isStored: true };
  } catch (error) {
    if (failed === undefined) throw error;
    return { result: failed, isStored: false };
  }
}

/** Leaves a call that the end of this worker has interrupted to the next one. */
function assertNotInterrupted({ signal, lease }: DriverInput): void {
  if (signal.aborted && signal.reason !== "stop") throw new LeaseLostError(lease.runId);
}

/** Asks the tool whether an interrupted call has happened. Returns `undefined` if that is not known. */
async function reconcile(
  tool: Tool,
  input: unknown,
  toolCallId: string,
  idempotencyKey: string,
): Promise<ToolResultBlock | "not-happened" | undefined> {
  if (tool.reconcile === undefined) return undefined;
  try {
    const reconciled = await tool.reconcile(input as never, { toolCallId, idempotencyKey });
    return reconciled.happened ? knownResult(toolCallId, tool, reconciled.output) : "not-happened";
  } catch {
    return undefined;
  }
}

/** Looks up the decision about a question, and asks it if it is new. */
async function decide(
  { runs, lease, events }: DriverInput,
  state: RunState,
  key: string,
  question: CallQuestion,
): Promise<ApprovalDecision | undefined> {
  const approval = newApproval(state, key, question);
  const known = await runs.approval(approval.id);
  const stored = known ?? (await runs.ask(lease, approval));
  if (stored === undefined) throw new LeaseLostError(lease.runId);
  if (known === undefined) events.write([approvalRequest(stored, question.toolCallId)]);
  return decisionOf(runs, stored);
}

async function settleWithoutAttempt(
  { runs, lease }: DriverInput,
  call: NewToolCall,
  result: ToolResultBlock,
): Promise<void> {
  assertHeld(lease.runId, await runs.claimToolCall(lease, call));
  assertHeld(lease.runId, await runs.settleToolCall(lease, call.key, { result }));
}

function newCall(
  { step }: RunState,
  key: string,
  { id: toolCallId, name, input }: ToolUseBlock,
): NewToolCall {
  return { key, step, toolCallId, name, inputHash: hashInput(input), effect: "none" };
}
