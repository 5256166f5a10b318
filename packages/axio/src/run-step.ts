import { readBatches } from "./batches.ts";
import type { ToolResultBlock, ToolUseBlock } from "./blocks.ts";
import type { AppendInfo, ContextStore } from "./context-store.ts";
import { errorText } from "./error-text.ts";
import { throwIfAborted } from "./errors.ts";
import { EventQueue } from "./event-queue.ts";
import type { StepEndEvent, StreamEvent, ToolWaitReason } from "./events.ts";
import { isDecision, NO_DECISION } from "./guards.ts";
import { userMessage } from "./messages.ts";
import { PartialObjects } from "./partial-objects.ts";
import { stepFingerprint } from "./repetition.ts";
import { callKey, type RunState } from "./runs/run-state.ts";
import { applyModel, applyStored, nextStep } from "./runs/stepper.ts";
import type { Step } from "./step.ts";
import { estimateTokens } from "./token-estimate.ts";
import type { AgentTool, ApprovalDecision, Approver, CallQuestion, Guard, Tool } from "./tool.ts";
import { type AllowedCall, interruptedResult, outOfStepsResult, runTool } from "./tool-runner.ts";
import type { CompletionTransport, StreamRequest } from "./transport.ts";

/** The options of {@link runStep}. */
export interface StepOptions {
  readonly transport: CompletionTransport;
  readonly request: StreamRequest & { readonly tools: readonly AgentTool[] };
  readonly guards: readonly Guard[];
  readonly approve: Approver | undefined;
  readonly context: ContextStore;
  readonly signal: AbortSignal;
  /** Whether to add `partial-object` events. */
  readonly partialObjects: boolean;
}

/** How often a call without a result is reported as waiting. */
const WAIT_REPORT_MS = 10_000;

type EventBatches = AsyncGenerator<readonly StreamEvent[], void, undefined>;

/**
 * Sends one request, streams the response into `step`, runs its tool calls and stores the messages.
 *
 * A failed step stores nothing. An aborted one stores what the user has seen, marked as interrupted.
 */
export async function* runStep(state: RunState, step: Step, options: StepOptions): EventBatches {
  const { transport, request, context, signal } = options;
  try {
    const checkpoint = checkpointer(step, context);
    await checkpoint(true);
    const objects = options.partialObjects ? new PartialObjects() : undefined;
    for await (const batch of readBatches(transport.stream(request))) {
      step.add(batch);
      // Before the user sees it.
      await checkpoint(batch.some(({ type }) => type === "block-end"));
      yield objects === undefined ? batch : objects.follow(batch);
      throwIfAborted(signal);
    }
    const end = step.end();
    const answered = withResponse(state, step);
    const next = nextStep(answered);
    if (next.kind === "tools")
      yield* next.isLast ? skipTools(step) : runTools(answered, step, options, checkpoint);
    throwIfAborted(signal);
    // Before the call, not after it: if storing fails, storing less of the same would not help.
    step.isStored = true;
    await context.append(step.messages(), appendInfo(end, step.results(), signal));
  } finally {
    const rest = step.isStored || !signal.aborted ? [] : step.interruptedMessages();
    if (rest.length > 0) await context.append(rest, { signal });
  }
}

/** Returns the state of a run after a step whose calls have results, and that is stored. */
export function stateAfter(state: RunState, step: Step): RunState {
  return applyStored(withResponse(state, step), {
    fingerprint: stepFingerprint(step.toolUses, step.results()),
  });
}

function withResponse(state: RunState, step: Step): RunState {
  const { stopReason, usage } = step.end();
  return applyModel(state, { stopReason, usage, calls: step.toolUses.length });
}

/** Stores what is to be kept if the process ends now, if there is something new. */
type Checkpoint = (isNew: boolean) => Promise<void>;

function checkpointer(step: Step, context: ContextStore): Checkpoint {
  return async (isNew) => {
    if (!isNew || context.checkpoint === undefined) return;
    const messages = step.checkpoint();
    // A store that cannot keep it still gets the complete step.
    if (messages.length > 0) await context.checkpoint(messages).catch(() => undefined);
  };
}

/** Runs all tool calls of a step at once. Yields their output and results as they arrive. */
async function* runTools(
  state: RunState,
  step: Step,
  options: StepOptions,
  checkpoint: Checkpoint,
): EventBatches {
  const { request, guards, context, signal } = options;
  // The provider runs hosted tools.
  const tools = request.tools.filter((tool): tool is Tool => tool.hosted === undefined);
  const queue = new EventQueue<StreamEvent>();
  const decide = (question: CallQuestion): Promise<ApprovalDecision> => askUser(question, options);
  // One signal per call: many listeners on a shared one would trigger Node's leak warning.
  const calls = step.toolUses.map((call) => ({ call, controller: new AbortController() }));
  const waits = new Map<ToolUseBlock, { readonly reason: ToolWaitReason; readonly since: number }>();
  const reportWait = (call: ToolUseBlock): void => {
    const wait = waits.get(call);
    if (wait === undefined) return;
    const { reason, since } = wait;
    const { id: toolCallId, name } = call;
    queue.push({ type: "tool-waiting", toolCallId, name, reason, waitedMs: Date.now() - since });
  };
  const stop = (): void => {
    for (const { controller } of calls) controller.abort(signal.reason);
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  const running = calls.map(async ({ call, controller }, position) => {
    const { id: toolCallId, name } = call;
    const onOutput = (delta: string): void =>
      queue.push({ type: "tool-output-delta", toolCallId, name, delta });
    const onWait = (reason: ToolWaitReason): void => {
      waits.set(call, { reason, since: Date.now() });
      if (reason === "concurrency") reportWait(call);
    };
    const idempotencyKey = `${state.runId}.${callKey(state.step, position)}`;
    const attempt = ({ execute }: AllowedCall): Promise<ToolResultBlock> =>
      execute({ idempotencyKey, attempt: 1 });
    const run = { tools, guards, context, controller, onOutput, onWait, decide, attempt };
    const result = (await runTool(call, run)) ?? interruptedResult(toolCallId);
    waits.delete(call);
    step.setResult(position, result);
    await checkpoint(true);
    queue.push({ type: "tool-result", toolCallId, name, result });
  });
  const timer = setInterval(() => {
    for (const { call } of calls) reportWait(call);
  }, WAIT_REPORT_MS);
  const finished = Promise.all(running).finally(() => {
    clearInterval(timer);
    signal.removeEventListener("abort", stop);
    queue.close();
  });
  yield* queue.batches();
  await finished;
}

/** Asks the user who can be asked. */
async function askUser(question: CallQuestion, { approve }: StepOptions): Promise<ApprovalDecision> {
  if (approve === undefined)
    return { action: "deny", reason: `it needs approval, and no user can be asked: ${question.question}` };
  try {
    const answer: unknown = await approve(question);
    return isDecision(answer) ? answer : NO_DECISION;
  } catch (error) {
    return { action: "deny", reason: `the approval failed: ${errorText(error)}` };
  }
}

/** Answers the tool calls of the last step without running them. */
async function* skipTools(step: Step): EventBatches {
  yield step.toolUses.map(({ id, name }, position) => {
    const result = outOfStepsResult(id);
    step.setResult(position, result);
    return { type: "tool-result", toolCallId: id, name, result };
  });
}

/** Returns how many tokens the conversation has with the messages of a step. */
export function appendInfo(
  { usage, contextTokens }: StepEndEvent,
  results: readonly ToolResultBlock[],
  signal: AbortSignal,
): AppendInfo {
  const counted = contextTokens ?? usage.inputTokens + usage.outputTokens;
  // A provider that counts nothing does not know the size of the history either.
  if (counted === 0) return { signal };
  const uncounted = results.length === 0 ? 0 : estimateTokens([userMessage(results)]);
  return { contextTokens: counted + uncounted, signal };
}
