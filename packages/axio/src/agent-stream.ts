import { AxioError } from "./errors.ts";
import type { StreamEvent } from "./events.ts";
import { followSignal } from "./follow-signal.ts";
import { ItemIterator } from "./item-iterator.ts";
import { type CompiledOutput, readObject } from "./output-schema.ts";
import { Run, type RunInput, type RunResult } from "./run.ts";
import { observeBatches, type RunObserver } from "./run-observer.ts";

/** Options of the stream, which the run itself does not need. */
export interface AgentStreamOptions<Output> {
  readonly signal: AbortSignal | undefined;
  readonly output: CompiledOutput<Output> | undefined;
  readonly observer: RunObserver | undefined;
}

/**
 * A run as a stream of events. Iterate it once, or wait for `result()`.
 *
 * The last event is always `run-end`. If the run failed or was aborted, the iteration throws after it. Leaving the loop
 * is the same as `abort()`.
 *
 * Events arrive as fast as they are read: a slow loop slows the run down, and nothing accumulates.
 *
 * @typeParam Output The type of `finalObject()`, if the run has an `output` schema.
 */
export class AgentStream<Output = never> implements AsyncIterable<StreamEvent> {
  readonly #controller = new AbortController();
  readonly #run: Run;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #observer: RunObserver | undefined;
  readonly #output: CompiledOutput<Output> | undefined;
  #items: ItemIterator<StreamEvent> | undefined;

  /** @internal Created by `Agent.runStream()`. */
  constructor(input: RunInput, { signal, output, observer }: AgentStreamOptions<Output>) {
    this.#run = new Run(input, this.#controller.signal);
    this.#callerSignal = signal;
    this.#output = output;
    this.#observer = observer;
  }

  /**
   * Starts the run.
   *
   * @throws AxioError `invalid-argument` if the stream was iterated before; `aborted`, or the error of the run.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<StreamEvent, void, undefined> {
    const items = this.#start(true);
    return {
      next: () => items.next(),
      return: async () => {
        if (!this.#run.isOver) {
          this.abort();
          // Wait for the end: complete blocks are stored, and `result()` may be waiting.
          await items.next();
        }
        return items.return();
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #start(isRead: boolean): ItemIterator<StreamEvent> {
    if (this.#items !== undefined) {
      throw new AxioError(
        "invalid-argument",
        "This run was iterated before. Call runStream() again for another run.",
      );
    }
    const batches = this.#run.events(isRead);
    const observed = this.#observer?.startRun(this.#run.start);
    const items = new ItemIterator(observed === undefined ? batches : observeBatches(batches, observed));
    if (observed !== undefined) void this.#run.outcome.then((outcome) => observed.end(outcome));
    this.#items = items;
    this.#followCallerSignal();
    return items;
  }

  /**
   * The result of the run. If nothing iterates the stream, this runs it to its end; otherwise it waits for the iteration,
   * so do not wait for it inside the loop.
   *
   * @throws AxioError `aborted`, or the error of the run.
   */
  async result(): Promise<RunResult> {
    if (this.#items === undefined) {
      try {
        for await (const _event of this.#start(false));
      } catch {
        // The outcome has the error.
      }
    }
    const outcome = await this.#run.outcome;
    if (!outcome.ok) throw outcome.error;
    return outcome.result;
  }

  /** The text of the last response. Runs, waits and throws like `result()`. */
  async finalText(): Promise<string> {
    return (await this.result()).text;
  }

  /**
   * The text of the last response as an object, checked against the `output` schema of the run. Runs and waits like
   * `result()`.
   *
   * @throws AxioError `output-mismatch` if the text does not fit the schema; `invalid-argument` if the run has none;
   *   `aborted`, or the error of the run.
   */
  async finalObject(): Promise<Output> {
    if (this.#output === undefined) {
      throw new AxioError(
        "invalid-argument",
        "This run has no output schema. Give runStream() the option `output`, or use finalText().",
      );
    }
    return readObject(this.#output, await this.result());
  }

  /**
   * Stops the run: connections close, tools get their signal, and complete blocks are stored. The next event is
   * `run-end`. Does nothing after the end.
   *
   * @param reason The `cause` of the `aborted` error.
   */
  abort(reason?: unknown): void {
    if (this.#run.isOver) return;
    this.#controller.abort(reason);
    this.#items?.discard();
  }

  #followCallerSignal(): void {
    const signal = this.#callerSignal;
    if (signal === undefined) return;
    const unfollow = followSignal(signal, () => this.abort(signal.reason));
    void this.#run.outcome.then(unfollow);
  }
}
