import type { Block, ToolResultBlock, ToolUseBlock } from "./blocks.ts";
import { AxioError } from "./errors.ts";
import type { IterationEndEvent, StreamEvent } from "./events.ts";
import { assistantMessage, type Message, messageText, userMessage } from "./messages.ts";
import { interruptedResult } from "./tool-runner.ts";

/** Gathers what one call of the model gave, and what its tools answered, until it can be stored as a whole. */
export class Iteration {
  readonly #before: readonly Message[];
  readonly #results = new Map<string, ToolResultBlock>();
  #blocks: Block[] = [];
  #end: IterationEndEvent | undefined;

  /** @param before The messages that are to be stored with the answer: the user's prompt. */
  constructor(before: readonly Message[]) {
    this.#before = before;
  }

  /** The calls for tools that the model made. */
  get toolUses(): readonly ToolUseBlock[] {
    return this.#blocks.filter((block) => block.type === "tool-use");
  }

  /** The text of the answer. */
  get text(): string {
    return messageText(assistantMessage(this.#blocks));
  }

  /** Takes note of events of the transport. */
  take(events: readonly StreamEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case "block-end":
          this.#blocks.push(event.block);
          break;
        case "retry":
          this.#blocks = [];
          break;
        case "iteration-end":
          this.#end = event;
          break;
      }
    }
  }

  /** Takes note of a tool's result. */
  answer(result: ToolResultBlock): void {
    this.#results.set(result.toolUseId, result);
  }

  /**
   * The event that ended the call.
   *
   * @throws AxioError `stream-truncated` where the transport's stream stopped without one.
   */
  end(): IterationEndEvent {
    if (this.#end !== undefined) return this.#end;
    throw new AxioError(
      "stream-truncated",
      "The answer stopped before its end, so it was not kept. Ask again.",
      { retryable: true },
    );
  }

  /** The results, in the order of the calls. A call that has none yet was interrupted. */
  results(): readonly ToolResultBlock[] {
    return this.toolUses.map(({ id }) => this.#results.get(id) ?? interruptedResult(id));
  }

  /** What is to be stored: the prompt, the answer, and a result for each call. */
  messages(): readonly Message[] {
    const results = this.results();
    return [
      ...this.#before,
      ...(this.#blocks.length === 0 ? [] : [assistantMessage(this.#blocks)]),
      ...(results.length === 0 ? [] : [userMessage(results)]),
    ];
  }

  /**
   * What is to be stored of a call that was cancelled: its whole blocks, or nothing where it had none to show.
   * A thought that nothing came of is left out: providers refuse reasoning without what it led to.
   */
  interruptedMessages(): readonly Message[] {
    const last = this.#blocks.findLastIndex(({ type }) => type !== "reasoning");
    this.#blocks = this.#blocks.slice(0, last + 1);
    return this.#blocks.length === 0 ? [] : this.messages();
  }
}
