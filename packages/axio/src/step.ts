import type { Block, ToolResultBlock, ToolUseBlock } from "./blocks.ts";
import { AxioError } from "./errors.ts";
import type { StepEndEvent, StreamEvent } from "./events.ts";
import { assistantMessage, type Message, messageText, userMessage } from "./messages.ts";
import { interruptedResult } from "./tool-runner.ts";

/** Gathers what one call of the model gave, and what its tools answered, until it can be stored as a whole. */
export class Step {
  readonly #before: readonly Message[];
  /** By the place of the call, since two calls may have one id. */
  readonly #results = new Map<number, ToolResultBlock>();
  /** In the order in which they began: blocks may end in another, and a thought belongs before what it led to. */
  #blocks: Block[] = [];
  /** The number of each of them in this call. */
  #indexes: number[] = [];
  #end: StepEndEvent | undefined;

  /** @param before The messages that are to be stored with the answer: the user's prompt. */
  constructor(before: readonly Message[]) {
    this.#before = before;
  }

  /** The calls for tools that the model made. */
  get toolUses(): readonly ToolUseBlock[] {
    return this.#blocks.filter((block) => block.type === "tool-use");
  }

  /** The text of the answer; what was said on the way to it counts only where nothing else was said. */
  get text(): string {
    const answer = this.#blocks.filter((block) => block.type !== "text" || block.phase !== "commentary");
    return messageText(assistantMessage(answer)) || messageText(assistantMessage(this.#blocks));
  }

  /** Takes note of events of the transport. */
  take(events: readonly StreamEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case "block-end":
          this.#place(event.index, event.block);
          break;
        case "retry":
          this.#blocks = [];
          this.#indexes = [];
          break;
        case "step-end":
          this.#end = event;
          break;
      }
    }
  }

  #place(index: number, block: Block): void {
    const position = this.#indexes.findLastIndex((before) => before <= index) + 1;
    this.#blocks.splice(position, 0, block);
    this.#indexes.splice(position, 0, index);
  }

  /**
   * Takes note of a tool's result.
   *
   * @param position Which of `toolUses` it answers.
   */
  answer(position: number, result: ToolResultBlock): void {
    this.#results.set(position, result);
  }

  /**
   * The event that ended the call.
   *
   * @throws AxioError `stream-truncated` where the transport's stream stopped without one.
   */
  end(): StepEndEvent {
    if (this.#end !== undefined) return this.#end;
    throw new AxioError(
      "stream-truncated",
      "The answer stopped before its end, so it was not kept. Ask again.",
      { retryable: true },
    );
  }

  /** The results, in the order of the calls. A call that has none yet was interrupted. */
  results(): readonly ToolResultBlock[] {
    return this.toolUses.map(({ id }, position) => this.#results.get(position) ?? interruptedResult(id));
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
