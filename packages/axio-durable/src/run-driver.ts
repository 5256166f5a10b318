import {
  AxioError,
  abortedError,
  type Message,
  type StepEndEvent,
  type ToolResultBlock,
  type ToolUseBlock,
  userMessage,
} from "axio";
import {
  appendInfo,
  newPrompt,
  readBatches,
  Step,
  stepFingerprint,
  stepRequest,
  toAxioError,
} from "axio/internal";
import {
  applyDecision,
  applyModel,
  applyStop,
  applyStored,
  type ModelResponse,
  type NextStep,
  nextStep,
  type RunState,
} from "axio/runs";
import { approvalRequest } from "./approvals.ts";
import { assertHeld, type DriverInput, LeaseLostError } from "./driver-input.ts";
import type { Continuation } from "./engine.ts";
import { discardEvent, type EventTail } from "./event-tail.ts";
import { positionOf, runCalls } from "./tool-calls.ts";

/** Errors that another attempt may not have. */
const STORE_CODES: ReadonlySet<string> = new Set(["store-unavailable", "store-locked"]);

/** The response of a step and the results so far, as they are in the run store. */
interface StoredStep {
  readonly response: ModelResponse;
  readonly step: Step;
  /** By the position of the call. */
  readonly results: ReadonlyMap<number, ToolResultBlock>;
}

/** Continues one claimed run: the same steps as in memory, with each result stored before the next step. */
export class RunDriver {
  readonly #input: DriverInput;
  /** When this worker began, by a clock that nothing sets. */
  readonly #begunAt = performance.now();
  #state: RunState;
  /** The response in progress, for a run that is stopped. */
  #step: Step | undefined;
  /** The response of the step in progress, if this worker has received it. */
  #received: ModelResponse | undefined;
  /** The results of the step in progress that this worker has stored, by the position of the call. */
  #settled: ReadonlyMap<number, ToolResultBlock> = new Map();

  constructor(input: DriverInput) {
    this.#input = input;
    const { state } = input.run;
    const asked = state.calls.filter(({ status }) => status === "asked");
    // Their guards run again, and find the decisions.
    this.#state = asked.reduce((before, { key }) => applyDecision(before, key), state);
  }

  /** Runs until the run is over or must wait. `tail` is the end of the events of earlier workers. */
  async advance(tail: EventTail): Promise<Continuation> {
    const { run, agent, signal } = this.#input;
    try {
      if (run.attempts > agent.maxAttempts) throw tooManyAttempts(run.attempts);
      await this.#repeatEvents(tail);
      for (;;) {
        if (run.stopRequestedAt !== undefined || signal.aborted) throw abortedError(signal);
        const next = nextStep(this.#state, this.#storeTime());
        if (next.kind === "done") return await this.#end(next.reason);
        if (next.kind === "ask") return await this.#wait();
        await this.#take(next);
      }
    } catch (error) {
      return await this.#leave(error);
    }
  }

  /** The time by the clock of the store, which was at `updatedAt` when this worker began. Its own clock may be wrong. */
  #storeTime(): number {
    return this.#input.run.updatedAt + performance.now() - this.#begunAt;
  }

  async #take(next: Exclude<NextStep, { kind: "done" | "ask" }>): Promise<void> {
    if (next.kind === "model") return this.#request(next);
    if (next.kind === "store") return this.#store();
    const { runs, lease } = this.#input;
    const toolUses = toolUsesOf(await this.#response());
    const { calls: pending, isLast } = next;
    const state = this.#state;
    // Those of an earlier worker, which its readers have seen.
    const known = this.#received === undefined ? await runs.toolCalls(lease.runId, state.step) : [];
    const done = await runCalls(this.#input, { state, pending, known, toolUses, isLast });
    this.#state = done.state;
    this.#settled = done.results;
    // Complete calls are known from their rows. The state is saved with the messages of the step.
    if (this.#state.phase !== "store") assertHeld(lease.runId, await runs.save(lease, this.#state));
  }

  async #request({ step: number, isLast }: Extract<NextStep, { kind: "model" }>): Promise<void> {
    const { agent, runs, lease, context, events, signal } = this.#input;
    const [begun, base] = await Promise.all([runs.startModelCall(lease, number), context.head?.()]);
    assertHeld(lease.runId, begun);
    const history = await context.history();
    const prompt = number === 1 ? newPrompt(await runs.prompt(lease.runId), history) : undefined;
    const unsaved = prompt === undefined ? [] : [prompt];
    const messages = [...history, ...unsaved];
    const { model = agent.model, effort, generation } = this.#state;
    const reasoning = effort === undefined ? agent.reasoning : { ...agent.reasoning, effort };
    const common = stepRequest(
      { ...agent, ...generation, model, reasoning, toolChoice: undefined, outputFormat: undefined },
      { messages, number, isLast },
    );
    const { selector, tools: all, transport } = agent;
    const tools =
      selector === undefined ? all : await selector({ tools: all, messages, step: number, signal });
    const request = { ...common, tools, signal, conversationId: context.id, runId: lease.runId };
    this.#state = { ...this.#state, base };
    const step = new Step(unsaved);
    this.#step = step;
    for await (const batch of readBatches(transport.stream(request))) {
      step.add(batch);
      // The end is shown when the response is stored, so that it is never discarded.
      events.write(batch.filter(({ type }) => type !== "step-end"));
      if (signal.aborted) throw abortedError(signal);
    }
    const end = step.end();
    const { stopReason, usage } = end;
    const state = applyModel(this.#state, { stopReason, usage, calls: step.toolUses.length });
    const response = { blocks: step.blocks, end };
    assertHeld(lease.runId, await runs.settleModelCall(lease, number, response, state));
    this.#state = state;
    this.#received = response;
    this.#step = undefined;
    events.write([end]);
  }

  /** Appends the messages of the step to the conversation, once. */
  async #store(): Promise<void> {
    const { runs, lease } = this.#input;
    const { response, step } = await this.#storedStep();
    // Only events of the current step are repeated after a crash.
    await Promise.all([this.#append(step, response.end), this.#input.flush()]);
    const fingerprint = stepFingerprint(step.toolUses, step.results());
    this.#state = applyStored(this.#state, { fingerprint });
    this.#received = undefined;
    this.#settled = new Map();
    assertHeld(lease.runId, await runs.save(lease, this.#state));
  }

  async #append(step: Step, end: StepEndEvent | undefined, messages = step.messages()): Promise<void> {
    const { context, signal, runs, lease } = this.#input;
    const { base } = this.#state;
    if (messages.length === 0) return;
    const blocks = this.#state.step === 1 ? await runs.prompt(lease.runId) : [];
    const complete = blocks.length === 0 ? messages : [userMessage(blocks), ...messages];
    if (await this.#isAppended(complete)) return;
    const prompt = blocks.length === 0 ? undefined : newPrompt(blocks, await context.history());
    const info = end === undefined ? { signal } : appendInfo(end, step.results(), signal);
    const expect = base === undefined ? {} : { expect: base };
    await context.append(prompt === undefined ? messages : [prompt, ...messages], { ...info, ...expect });
  }

  /** Whether an earlier worker was lost after it had appended the messages. */
  async #isAppended(messages: readonly Message[]): Promise<boolean> {
    const { context, run } = this.#input;
    const { base } = this.#state;
    if (run.epoch === 1) return false;
    const head = await context.head?.();
    const isUnchanged = head?.generation === base?.generation && head?.position === base?.position;
    // The same answer to the same prompt may be there from an earlier run.
    if (head !== undefined && isUnchanged) return false;
    return endsWith(await context.history(), messages);
  }

  async #storedStep(): Promise<StoredStep> {
    const response = await this.#response();
    const results = await this.#results();
    const step = new Step([]);
    step.add(response.blocks.map((block, index) => ({ type: "block-end", index, block })));
    step.add([response.end]);
    for (const [position, result] of results) step.setResult(position, result);
    return { response, step, results };
  }

  async #results(): Promise<ReadonlyMap<number, ToolResultBlock>> {
    const { runs, lease } = this.#input;
    const { calls, step } = this.#state;
    if (this.#received !== undefined && this.#settled.size === calls.length) return this.#settled;
    const stored = await runs.toolCalls(lease.runId, step);
    return new Map(
      stored.flatMap(({ key, result }) => (result === undefined ? [] : [[positionOf(key), result] as const])),
    );
  }

  async #response(): Promise<ModelResponse> {
    if (this.#received !== undefined) return this.#received;
    const { runs, lease } = this.#input;
    const response = (await runs.modelCall(lease.runId, this.#state.step))?.response;
    if (response !== undefined) return response;
    throw new AxioError(
      "store-unavailable",
      `The run store has no response of step ${this.#state.step} of the run ${lease.runId}. It may have been deleted.`,
    );
  }

  /** Sends what readers of the events of a lost worker have not seen, and discards what is not stored. */
  async #repeatEvents(tail: EventTail): Promise<void> {
    const { events, run, runs, lease } = this.#input;
    if (run.epoch === 1) return;
    const { phase, step } = this.#state;
    const isStored = phase === "tools" || phase === "store";
    const isShown = tail.responses >= step;
    if (tail.openBlocks.length > 0 && !isShown) events.write([discardEvent(tail, run.epoch)]);
    if (!isStored) return;
    const { response, step: stored, results } = await this.#storedStep();
    if (!isShown) {
      events.write(response.blocks.map((block, index) => ({ type: "block-end", index, block })));
      events.write([response.end]);
    }
    const seen = isShown ? [...tail.results] : [];
    for (const [position, call] of stored.toolUses.entries()) {
      const result = results.get(position);
      if (result === undefined) continue;
      const index = seen.indexOf(call.id);
      if (index >= 0) seen.splice(index, 1);
      else events.write([{ type: "tool-result", toolCallId: call.id, name: call.name, result }]);
    }
    if (phase !== "tools") return;
    for (const approval of await runs.approvals({ runId: lease.runId, open: true })) {
      const call = stored.toolUses[positionOf(approval.callKey)];
      if (call !== undefined && !tail.approvals.includes(approval.id))
        events.write([approvalRequest(approval, call.id)]);
    }
  }

  /** Waits for decisions, or until the first question expires. */
  async #wait(): Promise<Continuation> {
    const { runs, lease } = this.#input;
    const open = await runs.approvals({ runId: lease.runId, open: true });
    const isOpen = (key: string): boolean => open.some(({ callKey }) => callKey === key);
    // A question that has expired since it was asked is answered at once.
    if (this.#state.calls.some(({ key, status }) => status === "asked" && !isOpen(key)))
      return { kind: "wait", wakeAt: 0 };
    const expiries = open.flatMap(({ expiresAt }) => expiresAt ?? []);
    return { kind: "wait", wakeAt: expiries.length === 0 ? undefined : Math.min(...expiries) };
  }

  /** Ends the run after an error, or leaves it to another attempt. */
  async #leave(thrown: unknown): Promise<Continuation> {
    const { signal, agent, run } = this.#input;
    if (thrown instanceof LeaseLostError || signal.reason === "lost" || signal.reason === "shutdown")
      throw thrown;
    if (signal.aborted || run.stopRequestedAt !== undefined) return this.#stop();
    const error = toAxioError(thrown);
    if (this.#mayRetry(error)) throw error;
    if (AxioError.is(error, "usage-limit") && agent.onUsageLimit === "wait") {
      const { resetsAt } = error.details;
      if (resetsAt !== undefined) return { kind: "wait", wakeAt: resetsAt };
    }
    return this.#end("error", error);
  }

  #mayRetry({ code }: AxioError): boolean {
    const { agent, run } = this.#input;
    return STORE_CODES.has(code) && run.attempts <= agent.maxAttempts;
  }

  /** Ends a run that is to be stopped, even if what the user has seen of it cannot be kept. */
  async #stop(): Promise<Continuation> {
    try {
      await this.#keepSeen();
    } catch (thrown) {
      const error = toAxioError(thrown);
      if (thrown instanceof LeaseLostError || this.#mayRetry(error)) throw thrown;
      return this.#end("aborted", error);
    }
    return this.#end("aborted");
  }

  /** Appends what the user has seen of the step, as in memory. */
  async #keepSeen(): Promise<void> {
    const { phase } = this.#state;
    const step = this.#step;
    if (step !== undefined) await this.#append(new Step([]), undefined, withoutPrompt(step));
    else if (phase === "tools" || phase === "store") {
      const stored = await this.#storedStep();
      await this.#append(stored.step, stored.response.end);
    }
  }

  async #end(reason: NonNullable<RunState["endReason"]>, error?: AxioError): Promise<Continuation> {
    const { runs, lease, events } = this.#input;
    if (this.#state.phase !== "done" && (reason === "aborted" || reason === "error" || reason === "budget"))
      this.#state = applyStop(this.#state, reason);
    const status = reason === "aborted" ? "stopped" : reason === "error" ? "failed" : "done";
    const failure = error === undefined ? undefined : { code: error.code, message: error.message };
    const state = this.#state;
    assertHeld(lease.runId, await runs.end(lease, { status, state, failure }));
    if (reason === "error" && error !== undefined) events.write([{ type: "error", error }]);
    events.write([{ type: "run-end", reason, usage: state.usage, steps: state.step }]);
    return { kind: "over" };
  }
}

/** The messages of an interrupted step. The prompt is added when they are appended. */
function withoutPrompt(step: Step): readonly Message[] {
  const messages = step.interruptedMessages();
  const first = messages.findIndex(({ role }) => role === "assistant");
  return first < 0 ? [] : messages.slice(first);
}

function toolUsesOf({ blocks }: ModelResponse): readonly ToolUseBlock[] {
  return blocks.filter((block) => block.type === "tool-use");
}

function endsWith(history: readonly Message[], messages: readonly Message[]): boolean {
  return JSON.stringify(history.slice(-messages.length)) === JSON.stringify(messages);
}

function tooManyAttempts(attempts: number): AxioError {
  return new AxioError(
    "unexpected",
    `The run was begun ${attempts - 1} times without getting further, so it was ended: its workers were lost or its store failed. Look at what ended the workers; a tool may end the process.`,
  );
}
