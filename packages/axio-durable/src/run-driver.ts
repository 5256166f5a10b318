import { AxioError, abortedError, type Message, type StepEndEvent, type ToolUseBlock } from "axio";
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
import { assertHeld, type DriverInput, LeaseLostError } from "./driver-input.ts";
import type { Continuation } from "./engine.ts";
import { discardEvent, type EventTail } from "./event-tail.ts";
import { runCalls } from "./tool-calls.ts";

/** Errors that another attempt may not have. */
const STORE_CODES: ReadonlySet<string> = new Set(["store-unavailable", "store-locked"]);

/** Continues one claimed run: the same steps as in memory, with each result stored before the next step. */
export class RunDriver {
  readonly #input: DriverInput;
  #state: RunState;
  /** The response in progress, for a run that is stopped. */
  #step: Step | undefined;

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
        const next = nextStep(this.#state);
        if (next.kind === "done") return await this.#end(next.reason);
        if (next.kind === "ask") return await this.#wait();
        await this.#take(next);
      }
    } catch (error) {
      return await this.#leave(error);
    }
  }

  async #take(next: Exclude<NextStep, { kind: "done" | "ask" }>): Promise<void> {
    if (next.kind === "model") return this.#request(next);
    if (next.kind === "store") return this.#store();
    const { runs, lease } = this.#input;
    const toolUses = toolUsesOf(await this.#response());
    const { calls: pending, isLast } = next;
    this.#state = await runCalls(this.#input, { state: this.#state, pending, toolUses, isLast });
    assertHeld(lease.runId, await runs.save(lease, this.#state));
  }

  async #request({ step: number, isLast }: Extract<NextStep, { kind: "model" }>): Promise<void> {
    const { agent, runs, lease, context, events, signal } = this.#input;
    assertHeld(lease.runId, await runs.startModelCall(lease, number));
    const base = await context.head?.();
    const history = await context.history();
    const prompt = number === 1 ? newPrompt(await runs.prompt(lease.runId), history) : undefined;
    const unsaved = prompt === undefined ? [] : [prompt];
    const messages = [...history, ...unsaved];
    const { model = agent.model, effort } = this.#state;
    const reasoning = effort === undefined ? agent.reasoning : { ...agent.reasoning, effort };
    const common = stepRequest(
      { ...agent, model, reasoning, toolChoice: undefined, outputFormat: undefined },
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
    this.#step = undefined;
    events.write([end]);
  }

  /** Appends the messages of the step to the conversation, once. */
  async #store(): Promise<void> {
    const { runs, lease } = this.#input;
    const { response, step } = await this.#storedStep();
    await this.#append(step, response.end);
    const fingerprint = stepFingerprint(step.toolUses, step.results());
    this.#state = applyStored(this.#state, { fingerprint, base: await this.#input.context.head?.() });
    // Only events of the current step are repeated after a crash.
    await this.#input.flush();
    assertHeld(lease.runId, await runs.save(lease, this.#state));
  }

  async #append(step: Step, end: StepEndEvent | undefined, messages = step.messages()): Promise<void> {
    const { context, run, signal, runs, lease } = this.#input;
    const { base } = this.#state;
    const history = await context.history();
    const isRepeated = run.epoch > 1 && endsWith(history, messages);
    if (messages.length === 0 || isRepeated) return;
    const prompt = this.#state.step === 1 ? newPrompt(await runs.prompt(lease.runId), history) : undefined;
    const info = end === undefined ? { signal } : appendInfo(end, step.results(), signal);
    const expect = base === undefined ? {} : { expect: base };
    await context.append(prompt === undefined ? messages : [prompt, ...messages], { ...info, ...expect });
  }

  async #storedStep(): Promise<{ readonly response: ModelResponse; readonly step: Step }> {
    const { runs, lease } = this.#input;
    const response = await this.#response();
    const step = new Step([]);
    step.add(response.blocks.map((block, index) => ({ type: "block-end", index, block })));
    step.add([response.end]);
    for (const { key, result } of await runs.toolCalls(lease.runId, this.#state.step))
      if (result !== undefined) step.setResult(Number(key.split(".")[1]), result);
    return { response, step };
  }

  async #response(): Promise<ModelResponse> {
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
    const { events, run } = this.#input;
    if (run.epoch === 1) return;
    const { phase, step } = this.#state;
    const isStored = phase === "tools" || phase === "store";
    const isShown = tail.responses >= step;
    if (tail.openBlocks.length > 0 && !isShown) events.write([discardEvent(tail, run.epoch)]);
    if (!isStored) return;
    const { response, step: stored } = await this.#storedStep();
    if (!isShown) {
      events.write(response.blocks.map((block, index) => ({ type: "block-end", index, block })));
      events.write([response.end]);
    }
    const seen = isShown ? [...tail.results] : [];
    for (const [position, call] of stored.toolUses.entries()) {
      const state = this.#state.calls[position];
      const result = stored.results()[position];
      const index = seen.indexOf(call.id);
      if (index >= 0) seen.splice(index, 1);
      else if (state?.status === "settled" && result !== undefined)
        events.write([{ type: "tool-result", toolCallId: call.id, name: call.name, result }]);
    }
  }

  /** Waits for decisions, or until the first question expires. */
  async #wait(): Promise<Continuation> {
    const { runs, lease } = this.#input;
    const open = await runs.approvals({ runId: lease.runId, open: true });
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
    if (STORE_CODES.has(error.code) && run.attempts <= agent.maxAttempts) throw error;
    if (AxioError.is(error, "usage-limit") && agent.onUsageLimit === "wait") {
      const { resetsAt } = error.details;
      if (resetsAt !== undefined) return { kind: "wait", wakeAt: resetsAt };
    }
    this.#input.events.write([{ type: "error", error }]);
    return this.#end("error", error);
  }

  /** Ends a run that is to be stopped. What the user has seen of the step is kept, as in memory. */
  async #stop(): Promise<Continuation> {
    const { phase } = this.#state;
    const step = this.#step;
    if (step !== undefined) await this.#append(new Step([]), undefined, withoutPrompt(step));
    else if (phase === "tools" || phase === "store") {
      const stored = await this.#storedStep();
      await this.#append(stored.step, stored.response.end);
    }
    return this.#end("aborted");
  }

  async #end(reason: NonNullable<RunState["endReason"]>, error?: AxioError): Promise<Continuation> {
    const { runs, lease, events } = this.#input;
    if (this.#state.phase !== "done" && (reason === "aborted" || reason === "error" || reason === "budget"))
      this.#state = applyStop(this.#state, reason);
    const status = reason === "aborted" ? "stopped" : reason === "error" ? "failed" : "done";
    const failure = error === undefined ? undefined : { code: error.code, message: error.message };
    const state = this.#state;
    assertHeld(lease.runId, await runs.end(lease, { status, state, failure }));
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
