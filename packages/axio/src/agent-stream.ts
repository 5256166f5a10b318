import { type LoopOptions, type LoopState, runLoop } from "./agent-loop.ts";
import { AxioError, abortedError } from "./errors.ts";
import type { SessionEndEvent, SessionEndReason, StreamEvent } from "./events.ts";
import { NO_USAGE } from "./usage.ts";

type Outcome =
  | { readonly end: SessionEndEvent; readonly text: string }
  | { readonly end: SessionEndEvent; readonly error: AxioError };

/**
 * A run of an agent, as a stream of events. Iterate it once, or ask for `finalText()`.
 *
 * The last event is always `session-end`. Where the run failed or was cancelled, the iteration throws after it, so that a
 * loop that looks at text only cannot take a failure for an answer. Leaving the loop is the same as `abort()`.
 */
export class AgentStream implements AsyncIterable<StreamEvent> {
  readonly #options: Omit<LoopOptions, "signal">;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #started = false;
  #stopped = false;
  #outcome: Outcome | undefined;

  /** @internal Made by `Agent.runStream()`. */
  constructor(options: Omit<LoopOptions, "signal">, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#callerSignal = signal;
  }

  /**
   * The events, as they come.
   *
   * @throws AxioError `invalid-argument` where the stream was iterated before; `aborted`, or what made the run fail.
   */
  [Symbol.asyncIterator](): AsyncGenerator<StreamEvent, void, undefined> {
    if (this.#started) {
      throw new AxioError(
        "invalid-argument",
        "This run was iterated already. Call runStream() again for another run.",
      );
    }
    this.#started = true;
    return this.#events();
  }

  /**
   * The text of the last answer. Runs the agent to its end if nobody iterates the stream.
   *
   * @throws AxioError `aborted`, or what made the run fail.
   */
  async finalText(): Promise<string> {
    const outcome = await this.#end();
    if ("error" in outcome) throw outcome.error;
    return outcome.text;
  }

  /** How the run ended, failures included. Runs the agent to its end if nobody iterates the stream. Never throws. */
  async sessionEnd(): Promise<SessionEndEvent> {
    return (await this.#end()).end;
  }

  /** Stops the run: sockets close, tools get their signal, and what is whole is kept. Does nothing after the end. */
  abort(reason?: unknown): void {
    this.#stopped = true;
    this.#controller.abort(reason);
  }

  async *#events(): AsyncGenerator<StreamEvent, void, undefined> {
    const { signal } = this.#controller;
    const state: LoopState = { usage: NO_USAGE, iterations: 0, text: "" };
    const release = this.#follow(this.#callerSignal);
    const loop = runLoop({ ...this.#options, signal }, state);
    let reason: SessionEndReason | undefined;
    let failure: AxioError | undefined;
    try {
      for (;;) {
        const { done, value } = await loop.next();
        if (done) {
          reason = value;
          break;
        }
        for (const event of value) {
          // The caller may have stopped the run while it handled the event before.
          if (this.#stopped) break;
          yield event;
        }
      }
    } catch (error) {
      failure = signal.aborted ? abortedError(signal) : toAxioError(error);
      reason = failure.code === "aborted" ? "aborted" : "error";
    } finally {
      release();
      if (reason === undefined) {
        // The caller left the loop.
        this.abort();
        await loop.return("aborted");
        failure = abortedError(signal);
      }
      const end: SessionEndEvent = {
        type: "session-end",
        reason: reason ?? "aborted",
        usage: state.usage,
        iterations: state.iterations,
      };
      this.#outcome = failure === undefined ? { end, text: state.text } : { end, error: failure };
      for (const wake of this.#waiting.splice(0)) wake();
    }
    if (failure !== undefined && failure.code !== "aborted") yield { type: "error", error: failure };
    yield this.#outcome.end;
    if (failure !== undefined) throw failure;
  }

  async #end(): Promise<Outcome> {
    if (!this.#started) {
      try {
        for await (const _event of this);
      } catch {
        // Held by the outcome, which the caller asks for.
      }
    }
    for (;;) {
      if (this.#outcome !== undefined) return this.#outcome;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #follow(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined;
    const stop = (): void => this.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return () => signal.removeEventListener("abort", stop);
  }
}

function toAxioError(error: unknown): AxioError {
  if (AxioError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AxioError("unexpected", `The run failed: ${message}`, { cause: error });
}
