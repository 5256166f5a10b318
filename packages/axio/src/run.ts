import type { Block } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import { toAxioError } from "./error-text.ts";
import { type AxioError, abortedError, type ErrorCode, throwIfAborted } from "./errors.ts";
import type { RunEndEvent, RunEndReason, StopReason, StreamEvent } from "./events.ts";
import type { GenerationSettings } from "./generation.ts";
import type { Message } from "./messages.ts";
import { runStep, type StepOptions, stateAfter } from "./run-step.ts";
import { type RunState, startRun } from "./runs/run-state.ts";
import { type NextStep, nextStep } from "./runs/stepper.ts";
import { Step } from "./step.ts";
import { newPrompt, stepRequest } from "./step-request.ts";
import type { AgentTool, Approver, Guard, ToolSelector } from "./tool.ts";
import type { CompletionTransport, StreamRequest } from "./transport.ts";
import { addUsage, NO_USAGE, type Usage } from "./usage.ts";

/** The result of a run that succeeded. */
export interface RunResult {
  /** The text of the last response. */
  readonly text: string;
  /** The sum over all steps. */
  readonly usage: Usage;
  /** Why the run ended. */
  readonly endReason: Exclude<RunEndReason, "aborted" | "error">;
  /** Why the last response ended. */
  readonly stopReason: StopReason;
  /** The number of steps. */
  readonly steps: number;
  /** The messages that the run added to the conversation, the prompt included. */
  readonly messages: readonly Message[];
}

/** How a run ended: with a result, or with the error that the iteration throws. */
export type RunOutcome =
  | { readonly ok: true; readonly result: RunResult }
  | { readonly ok: false; readonly error: AxioError };

/** Everything that one run needs. */
export interface RunInput
  extends GenerationSettings,
    Pick<StreamRequest, "model" | "reasoning" | "toolChoice" | "outputFormat" | "system"> {
  readonly transport: CompletionTransport;
  readonly tools: readonly AgentTool[];
  readonly guards: readonly Guard[];
  readonly selector: ToolSelector | undefined;
  readonly approve: Approver | undefined;
  readonly maxSteps: number;
  readonly lastStepMessage: string;
  readonly repetitionLimit: number;
  readonly context: ContextStore;
  /** The user's input. Empty to continue from the history. */
  readonly prompt: readonly Block[];
}

/** A run that starts. */
export interface RunStart extends Pick<RunInput, "prompt" | "system" | "model" | "transport"> {
  /** Identifies the run, as in its requests. */
  readonly runId: string;
  /** Identifies the conversation. */
  readonly conversationId: string;
}

/** The errors that the same prompt causes again. */
const PROMPT_REFUSED: ReadonlySet<ErrorCode> = new Set([
  "invalid-argument",
  "unsupported-content",
  "invalid-request",
  "context-length",
  "request-too-large",
  "content-policy",
]);

/** Everything that one prompt leads to: one step after another, until the model is done. */
export class Run {
  readonly #input: RunInput;
  readonly #signal: AbortSignal;
  readonly #id = globalThis.crypto.randomUUID();
  readonly #steps: Step[] = [];
  #resolve: (outcome: RunOutcome) => void = () => undefined;
  /** Resolves before `run-end` is read, so that the loop that reads it may wait for this. */
  readonly outcome: Promise<RunOutcome> = new Promise<RunOutcome>((resolve) => {
    this.#resolve = resolve;
  });
  #isOver = false;
  /** The prompt, unless the history ends with it. */
  #prompt: Message | undefined;

  constructor(input: RunInput, signal: AbortSignal) {
    this.#input = input;
    this.#signal = signal;
  }

  /** The run as it starts, for an observer. */
  get start(): RunStart {
    const { prompt, system, model, transport, context } = this.#input;
    return { runId: this.#id, conversationId: context.id, prompt, system, model, transport };
  }

  /** Whether the outcome is known. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * The events in batches. The last one is `run-end`; if the run failed, the iteration throws after it.
   *
   * @param isRead Whether the caller reads them: otherwise there are no `partial-object` events, which cost time.
   */
  async *events(isRead: boolean): AsyncGenerator<readonly StreamEvent[], void, undefined> {
    const signal = this.#signal;
    let outcome: RunOutcome | undefined;
    try {
      let state = this.#startState();
      let next = nextStep(state);
      while (next.kind === "model") {
        const { step, options } = await this.#prepareStep(next, isRead);
        for await (const batch of runStep(state, step, options)) {
          if (!signal.aborted) yield batch;
        }
        state = stateAfter(state, step);
        next = nextStep(state);
      }
      outcome = { ok: true, result: this.#result(state) };
    } catch (thrown) {
      const error = signal.aborted ? abortedError(signal) : toAxioError(thrown);
      if (error.code !== "aborted") await this.#keepPrompt(error);
      // What is kept of a run that failed or was aborted is stored by now.
      await this.#input.context.checkpoint?.([]).catch(() => undefined);
      outcome = { ok: false, error };
    }
    this.#isOver = true;
    this.#resolve(outcome);
    yield this.#lastEvents(outcome);
    if (!outcome.ok) throw outcome.error;
  }

  /**
   * Stores the prompt of a run that failed before its first response, so that `run([])` can continue. A prompt that was
   * itself refused is not stored: every later request would be refused too.
   */
  async #keepPrompt({ code }: AxioError): Promise<void> {
    const [first] = this.#steps;
    if (this.#prompt === undefined || first?.isStored || PROMPT_REFUSED.has(code)) return;
    // The error of the run matters more than that of the store.
    await this.#input.context.append([this.#prompt], { signal: this.#signal }).catch(() => undefined);
  }

  #startState(): RunState {
    const { context, maxSteps, repetitionLimit } = this.#input;
    return startRun({ runId: this.#id, conversationId: context.id, maxSteps, repetitionLimit });
  }

  /** Chooses the tools and builds the request. A step that fails here is not counted. */
  async #prepareStep(
    { step: number, isLast }: Extract<NextStep, { kind: "model" }>,
    isRead: boolean,
  ): Promise<{ readonly step: Step; readonly options: StepOptions }> {
    const { transport, context, guards, approve, prompt, outputFormat } = this.#input;
    const signal = this.#signal;
    throwIfAborted(signal);
    const history = await context.history();
    if (number === 1) this.#prompt = newPrompt(prompt, history);
    const unsaved = number > 1 || this.#prompt === undefined ? [] : [this.#prompt];
    const messages = [...history, ...unsaved];
    const common = stepRequest(this.#input, { messages, number, isLast });
    const tools = await this.#selectTools(messages, number);
    throwIfAborted(signal);
    const request = { ...common, tools, signal, conversationId: context.id, runId: this.#id };
    const step = new Step(unsaved);
    this.#steps.push(step);
    const partialObjects = isRead && outputFormat !== undefined;
    return { step, options: { transport, request, guards, approve, context, signal, partialObjects } };
  }

  async #selectTools(messages: readonly Message[], step: number): Promise<readonly AgentTool[]> {
    const { selector, tools } = this.#input;
    return selector === undefined ? tools : selector({ tools, messages, step, signal: this.#signal });
  }

  #result({ endReason = "end", stopReason = "end" }: RunState): RunResult {
    return {
      text: this.#steps.at(-1)?.text ?? "",
      usage: this.#usage(),
      endReason: endReason as RunResult["endReason"],
      stopReason,
      steps: this.#steps.length,
      messages: this.#steps.flatMap((step) => step.messages()),
    };
  }

  #lastEvents(outcome: RunOutcome): readonly StreamEvent[] {
    const end = (reason: RunEndReason): RunEndEvent => ({
      type: "run-end",
      reason,
      usage: this.#usage(),
      steps: this.#steps.length,
    });
    if (outcome.ok) return [end(outcome.result.endReason)];
    const { error } = outcome;
    return error.code === "aborted" ? [end("aborted")] : [{ type: "error", error }, end("error")];
  }

  #usage(): Usage {
    return this.#steps.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
  }
}
