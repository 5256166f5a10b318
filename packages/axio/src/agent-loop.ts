import { readBatches } from "./batches.ts";
import type { Block, ToolResultBlock } from "./blocks.ts";
import type { AppendInfo, ContextStore } from "./context-store.ts";
import { throwIfAborted } from "./errors.ts";
import { EventQueue } from "./event-queue.ts";
import type { RunEndReason, StreamEvent } from "./events.ts";
import { type Message, userMessage } from "./messages.ts";
import { PartialObjects } from "./partial-objects.ts";
import { isRepeating, stepFingerprint } from "./repetition.ts";
import { Step } from "./step.ts";
import { estimateTokens } from "./token-estimate.ts";
import type { AgentTool, Guard, Tool, ToolChoice } from "./tool.ts";
import { outOfStepsResult, runTool } from "./tool-runner.ts";
import type { CompletionTransport, OutputFormat } from "./transport.ts";
import { addUsage, type Usage } from "./usage.ts";

/** Chooses the tools of one call, from those of the agent. */
export type ToolSelector = (request: {
  readonly tools: readonly AgentTool[];
  readonly messages: readonly Message[];
  /** 1 for the first call of the run. */
  readonly step: number;
  readonly signal: AbortSignal;
}) => readonly AgentTool[] | Promise<readonly AgentTool[]>;

/** All that one run needs. */
export interface LoopOptions {
  readonly transport: CompletionTransport;
  readonly system: string;
  readonly tools: readonly AgentTool[];
  readonly guards: readonly Guard[];
  readonly selector: ToolSelector | undefined;
  readonly maxSteps: number;
  readonly lastStepMessage: string;
  readonly repetitionLimit: number;
  readonly context: ContextStore;
  /** What the user says; empty to go on from the history as it is. */
  readonly prompt: readonly Block[];
  /** Holds for the first call of the run: after it the model is free to answer. */
  readonly toolChoice: ToolChoice | undefined;
  readonly outputFormat: OutputFormat | undefined;
  readonly signal: AbortSignal;
}

/** What a run came to so far. */
export interface LoopState {
  usage: Usage;
  steps: number;
  /** The text of the newest whole answer. */
  text: string;
}

type EventBatches<Result = void> = AsyncGenerator<readonly StreamEvent[], Result, undefined>;

/**
 * Runs the agent: asks the model, runs the tools that it wants, and so on until it is done. Gives events in batches and
 * returns why it ended; throws where it failed or was cancelled.
 *
 * What is stored is whole: a turn goes into the store when its answer is there and each of its calls has a result.
 */
export async function* runLoop(options: LoopOptions, state: LoopState): EventBatches<RunEndReason> {
  const runId = globalThis.crypto.randomUUID();
  const fingerprints: string[] = [];
  let unsaved: readonly Message[] = options.prompt.length === 0 ? [] : [userMessage(options.prompt)];
  for (;;) {
    const iteration = new Step(unsaved);
    const reason = yield* runStep(iteration, unsaved, runId, options, state);
    if (reason !== undefined) return reason;
    unsaved = [];
    fingerprints.push(stepFingerprint(iteration.toolUses, iteration.results()));
    if (isRepeating(fingerprints, options.repetitionLimit)) return "repetition";
  }
}

/** One call of the model and the tools that it asked for. Returns why the run ends, or `undefined` where it goes on. */
async function* runStep(
  iteration: Step,
  unsaved: readonly Message[],
  runId: string,
  options: LoopOptions,
  state: LoopState,
): EventBatches<RunEndReason | undefined> {
  const { context, signal, transport } = options;
  throwIfAborted(signal);
  const messages = [...(await context.history()), ...unsaved];
  const isLast = state.steps + 1 >= options.maxSteps;
  const tools = await selectTools(options, messages, state.steps + 1);
  throwIfAborted(signal);
  state.steps += 1;
  let isStored = false;
  try {
    const stream = transport.stream({
      system: options.system,
      messages: isLast && state.steps > 1 ? [...messages, userMessage(options.lastStepMessage)] : messages,
      tools,
      signal,
      conversationId: context.id,
      runId,
      ...(state.steps > 1 || options.toolChoice === undefined ? {} : { toolChoice: options.toolChoice }),
      ...(options.outputFormat === undefined ? {} : { outputFormat: options.outputFormat }),
    });
    const objects = options.outputFormat === undefined ? undefined : new PartialObjects();
    for await (const batch of readBatches(stream)) {
      iteration.take(batch);
      yield objects === undefined ? batch : objects.follow(batch);
      throwIfAborted(signal);
    }
    const { usage, stopReason } = iteration.end();
    state.usage = addUsage(state.usage, usage);
    state.text = iteration.text;
    const wantsTools = iteration.toolUses.length > 0;
    if (wantsTools) yield* isLast ? refuseTools(iteration) : runTools(iteration, tools, options);
    throwIfAborted(signal);
    // Before the call, not after: where storing fails, storing less of the same would be no better.
    isStored = true;
    await context.append(iteration.messages(), appendInfo(usage, iteration.results(), signal));
    if (wantsTools) return isLast ? "max-steps" : undefined;
    return stopReason === "tool-use" ? "end" : stopReason;
  } finally {
    // A cancelled run keeps what is whole; a failed one keeps nothing of the call.
    const kept = isStored || !signal.aborted ? [] : iteration.interruptedMessages();
    if (kept.length > 0) await context.append(kept, { signal });
  }
}

/** Runs all calls of an iteration at the same time, and gives their output and results as they come. */
async function* runTools(iteration: Step, offered: readonly AgentTool[], options: LoopOptions): EventBatches {
  const { guards, context, signal } = options;
  // The provider runs the others.
  const tools = offered.filter((tool): tool is Tool => tool.hosted === undefined);
  const queue = new EventQueue<StreamEvent>();
  // A signal for each call: on one that all share, many tools at once would set off Node's warning of a listener leak.
  const calls = iteration.toolUses.map((call) => ({ call, controller: new AbortController() }));
  const stop = (): void => {
    for (const { controller } of calls) controller.abort(signal.reason);
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  const running = calls.map(async ({ call, controller }, position) => {
    const onOutput = (delta: string): void =>
      queue.push({ type: "tool-output-delta", toolCallId: call.id, name: call.name, delta });
    const result = await runTool(call, { tools, guards, context, signal: controller.signal, onOutput });
    iteration.answer(position, result);
    queue.push({ type: "tool-result", toolCallId: call.id, name: call.name, result });
  });
  const finished = Promise.all(running).finally(() => {
    signal.removeEventListener("abort", stop);
    queue.close();
  });
  yield* queue.batches();
  await finished;
}

/** Answers the calls of the last iteration, which nobody runs any more. */
async function* refuseTools(iteration: Step): EventBatches {
  yield iteration.toolUses.map(({ id, name }, position) => {
    const result = outOfStepsResult(id);
    iteration.answer(position, result);
    return { type: "tool-result", toolCallId: id, name, result };
  });
}

async function selectTools(
  options: LoopOptions,
  messages: readonly Message[],
  iteration: number,
): Promise<readonly AgentTool[]> {
  const { selector, tools, signal } = options;
  return selector === undefined ? tools : selector({ tools, messages, step: iteration, signal });
}

function appendInfo(usage: Usage, results: readonly ToolResultBlock[], signal: AbortSignal): AppendInfo {
  const counted = usage.inputTokens + usage.outputTokens;
  // A provider that counts nothing says nothing about the history's size.
  if (counted === 0) return { signal };
  const uncounted = results.length === 0 ? 0 : estimateTokens([userMessage(results)]);
  return { contextTokens: counted + uncounted, signal };
}
