import { type LoopOptions, type LoopState, runLoop } from "./agent-loop.ts";
import { toAxioError } from "./error-text.ts";
import { AxioError, abortedError } from "./errors.ts";
import type { RunEndEvent, RunEndReason, StreamEvent } from "./events.ts";
import { ItemIterator } from "./item-iterator.ts";
import { type CompiledOutput, readObject } from "./output-schema.ts";
import { NO_USAGE } from "./usage.ts";

interface Outcome {
  readonly end: RunEndEvent;
  readonly text: string;
  /** What made the run fail, or stopped it. */
  readonly failure: AxioError | undefined;
}

/**
 * A run of an agent, as a stream of events. Iterate it once, or ask for `finalText()`.
 *
 * The last event is always `run-end`. Where the run failed or was cancelled, the iteration throws after it, so that a
 * loop that looks at text only cannot take a failure for an answer. Leaving the loop is the same as `abort()`.
 *
 * Events come as fast as they are asked for: a slow loop slows the run down, and nothing piles up.
 *
 * @typeParam Output What `finalObject()` gives, where the run has an `output` schema.
 */
export class AgentStream<Output = never> implements AsyncIterable<StreamEvent> {
  readonly #options: Omit<LoopOptions, "signal">;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #output: CompiledOutput<Output> | undefined;
  readonly #controller = new AbortController();
  #settle: (outcome: Outcome) => void = () => undefined;
  readonly #ended = new Promise<Outcome>((resolve) => {
    this.#settle = resolve;
  });
  #isOver = false;
  #items: ItemIterator<StreamEvent> | undefined;

  /** @internal Made by `Agent.runStream()`. */
  constructor(
    options: Omit<LoopOptions, "signal">,
    signal: AbortSignal | undefined,
    output?: CompiledOutput<Output>,
  ) {
    this.#options = options;
    this.#callerSignal = signal;
    this.#output = output;
  }

  /**
   * The events, as they come.
   *
   * @throws AxioError `invalid-argument` where the stream was iterated before; `aborted`, or what made the run fail.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<StreamEvent, void, undefined> {
    if (this.#items !== undefined) {
      throw new AxioError(
        "invalid-argument",
        "This run was iterated already. Call runStream() again for another run.",
      );
    }
    const items = new ItemIterator(this.#batches());
    this.#items = items;
    return {
      next: () => items.next(),
      return: async () => {
        if (!this.#isOver) {
          this.abort();
          // The run has to be seen to its end: what is whole is stored, and `runEnd()` may be waiting.
          await items.next();
        }
        return items.return();
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /**
   * The text of the last answer. Runs the agent to its end if nobody iterates the stream; else it waits for that
   * iteration, so do not wait for it inside the loop.
   *
   * @throws AxioError `aborted`, or what made the run fail.
   */
  async finalText(): Promise<string> {
    const { failure, text } = await this.#end();
    if (failure !== undefined) throw failure;
    return text;
  }

  /**
   * The object that the answer is, checked against the run's `output` schema. Runs and waits like `finalText()`.
   *
   * @throws AxioError `output-mismatch` where the answer does not fit, `invalid-argument` where the run has no such schema,
   *   `aborted`, or what made the run fail.
   */
  async finalObject(): Promise<Output> {
    if (this.#output === undefined) {
      throw new AxioError(
        "invalid-argument",
        "This run has no schema for its answer. Give runStream() the option `output`, or ask for finalText().",
      );
    }
    const { failure, text, end } = await this.#end();
    if (failure !== undefined) throw failure;
    return readObject(this.#output, text, end.reason);
  }

  /** How the run ended, failures included. Runs and waits like `finalText()`. Never throws. */
  async runEnd(): Promise<RunEndEvent> {
    return (await this.#end()).end;
  }

  /**
   * Stops the run: sockets close, tools get their signal, and what is whole is kept. The next event is `run-end`.
   * Does nothing after the end.
   *
   * @param reason Becomes the `cause` of the `aborted` error.
   */
  abort(reason?: unknown): void {
    if (this.#isOver) return;
    this.#controller.abort(reason);
    this.#items?.discard();
  }

  async *#batches(): AsyncGenerator<readonly StreamEvent[], void, undefined> {
    const { signal } = this.#controller;
    const state: LoopState = { usage: NO_USAGE, steps: 0, text: "" };
    const release = this.#follow(this.#callerSignal);
    let reason: RunEndReason | undefined;
    let failure: AxioError | undefined;
    try {
      const loop = runLoop({ ...this.#options, signal }, state);
      while (reason === undefined) {
        const { done, value } = await loop.next();
        if (done) reason = value;
        else if (!signal.aborted) yield value;
      }
    } catch (error) {
      failure = signal.aborted ? abortedError(signal) : toAxioError(error);
      reason = failure.code === "aborted" ? "aborted" : "error";
    }
    release();
    const end: RunEndEvent = {
      type: "run-end",
      reason,
      usage: state.usage,
      steps: state.steps,
    };
    this.#isOver = true;
    this.#settle({ end, text: state.text, failure });
    yield reason === "error" && failure !== undefined ? [{ type: "error", error: failure }, end] : [end];
    if (failure !== undefined) throw failure;
  }

  async #end(): Promise<Outcome> {
    if (this.#items === undefined) {
      try {
        for await (const _event of this);
      } catch {
        // Held by the outcome, which the caller asks for.
      }
    }
    return this.#ended;
  }

  #follow(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined;
    const stop = (): void => this.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return () => signal.removeEventListener("abort", stop);
  }
}
