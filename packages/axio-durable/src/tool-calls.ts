import type { ApprovalDecision, CallQuestion, Tool, ToolResultBlock, ToolUseBlock } from "axio";
import {
  type AllowedCall,
  effectOf,
  knownResult,
  outOfStepsResult,
  runTool,
  unknownResult,
} from "axio/internal";
import { applyAsk, applyTool, type CallState, type NewToolCall, type RunState } from "axio/runs";
import { decisionOf, hashInput, newApproval } from "./approvals.ts";
import { assertHeld, type DriverInput } from "./driver-input.ts";

/** The calls to run now. */
export interface PendingCalls {
  readonly state: RunState;
  readonly pending: readonly CallState[];
  /** All calls of the response, in order. */
  readonly toolUses: readonly ToolUseBlock[];
  /** Whether the calls are answered without running them. */
  readonly isLast: boolean;
}

/** Runs calls at once. Each gets one result, which is stored before anyone sees it, or waits for a decision. */
export async function runCalls(input: DriverInput, calls: PendingCalls): Promise<RunState> {
  const { pending, toolUses } = calls;
  const finished = await Promise.allSettled(
    pending.map(async ({ key }) => {
      const call = toolUses[Number(key.split(".")[1])];
      if (call === undefined) return { key, result: undefined };
      return { key, result: await runCall(input, calls, key, call) };
    }),
  );
  let { state } = calls;
  for (const outcome of finished) {
    if (outcome.status === "rejected") throw outcome.reason;
    const { key, result } = outcome.value;
    state = result === undefined ? applyAsk(state, key) : applyTool(state, key);
  }
  return state;
}

async function runCall(
  input: DriverInput,
  { state, isLast }: PendingCalls,
  key: string,
  call: ToolUseBlock,
): Promise<ToolResultBlock | undefined> {
  const { agent, context, events, signal, runs, lease } = input;
  const { id: toolCallId, name } = call;
  const stored = (await runs.toolCalls(state.runId, state.step)).find((known) => known.key === key);
  let result = stored?.result;
  let isSettled = result !== undefined;
  if (result === undefined && isLast) result = outOfStepsResult(toolCallId);
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
  if (!isSettled) await settleWithoutAttempt(input, newCall(state, key, call), result);
  if (signal.aborted && signal.reason === "lost") assertHeld(lease.runId, false);
  events.write([{ type: "tool-result", toolCallId, name, result }]);
  return result;
}

/** Executes an allowed call if its effect permits that, and stores its result. */
async function attempt(
  { runs, lease, signal }: DriverInput,
  state: RunState,
  key: string,
  { call, tool, input, execute }: AllowedCall,
): Promise<ToolResultBlock> {
  const { runId } = lease;
  const idempotencyKey = `${runId}.${key}`;
  const effect = effectOf(tool);
  const claim = await runs.claimToolCall(lease, { ...newCall(state, key, call), effect });
  assertHeld(runId, claim);
  if (claim?.status === "settled") return claim.result;
  const attempts = claim?.attempt ?? 1;
  if (claim?.status === "claimed" && effect === "transaction" && runs.transactToolCall !== undefined) {
    const result = await runs.transactToolCall(lease, key, (sql) =>
      execute({ idempotencyKey, attempt: attempts, sql }),
    );
    if (result === undefined) assertHeld(runId, false);
    else return result;
  }
  const known =
    claim?.status === "interrupted" ? await reconcile(tool, input, call.id, idempotencyKey) : "not-happened";
  const repeated = claim?.status === "interrupted" ? 1 : 0;
  const result =
    known === "not-happened"
      ? await execute({ idempotencyKey, attempt: attempts + repeated })
      : (known ?? unknownResult(call.id));
  // The next worker decides about a call that the end of this one has interrupted.
  if (signal.aborted && signal.reason !== "stop") assertHeld(runId, false);
  const status = known === undefined ? "unknown" : "settled";
  assertHeld(runId, await runs.settleToolCall(lease, key, { result, status }));
  return result;
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
  assertHeld(lease.runId, stored);
  if (known === undefined) {
    const { toolCallId, toolName: name } = question;
    events.write([
      {
        type: "approval-request",
        approvalId: approval.id,
        toolCallId,
        name,
        question: question.question,
        expiresAt: question.expiresAt,
      },
    ]);
  }
  return stored === undefined ? undefined : decisionOf(stored, Date.now());
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
