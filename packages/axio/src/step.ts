import type { Block, ToolResultBlock, ToolUseBlock } from "./blocks.ts";
import { AxioError } from "./errors.ts";
import type { StepEndEvent, StreamEvent } from "./events.ts";
import { assistantMessage, type Message, messageText, userMessage } from "./messages.ts";
import { interruptedResult } from "./tool-runner.ts";
import { NO_USAGE, type Usage } from "./usage.ts";

/** Collects the blocks of one response and the results of its tool calls until they can be stored together. */
export class Step {
  readonly #before: readonly Message[];
  /** By the position of the call, because two calls may have the same id. */
  readonly #results = new Map<number, ToolResultBlock>();
  /** In the order in which they began: they may end in another order, and reasoning belongs before what it led to. */
  #blocks: Block[] = [];
  /** The index of each block in the response. */
  #indexes: number[] = [];
  #end: StepEndEvent | undefined;

  /** @param before The messages to store before the response: the user's prompt. */
  constructor(before: readonly Message[]) {
    this.#before = before;
  }

  /** The tool calls of the response. */
  get toolUses(): readonly ToolUseBlock[] {
    return this.#blocks.filter((block) => block.type === "tool-use");
  }

  /** The text of the response. Commentary counts only if there is no other text. */
  get text(): string {
    const answer = this.#blocks.filter((block) => block.type !== "text" || block.phase !== "commentary");
    return messageText(assistantMessage(answer)) || messageText(assistantMessage(this.#blocks));
  }

  /** The tokens of the response. None before its end. */
  get usage(): Usage {
    return this.#end?.usage ?? NO_USAGE;
  }

  /** Adds events of the transport. */
  add(events: readonly StreamEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case "block-end":
          this.#insert(event.index, event.block);
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

  #insert(index: number, block: Block): void {
    const position = this.#indexes.findLastIndex((before) => before <= index) + 1;
    this.#blocks.splice(position, 0, block);
    this.#indexes.splice(position, 0, index);
  }

  /**
   * Sets the result of a tool call.
   *
   * @param position The position of the call in `toolUses`.
   */
  setResult(position: number, result: ToolResultBlock): void {
    this.#results.set(position, result);
  }

  /**
   * The event that ended the response.
   *
   * @throws AxioError `stream-truncated` if there was none.
   */
  end(): StepEndEvent {
    if (this.#end !== undefined) return this.#end;
    throw new AxioError(
      "stream-truncated",
      "The response stopped before its end, so it was not stored. Send the prompt again.",
      { retryable: true },
    );
  }

  /** The results in the order of the calls. A call without a result was interrupted. */
  results(): readonly ToolResultBlock[] {
    return this.toolUses.map(({ id }, position) => this.#results.get(position) ?? interruptedResult(id));
  }

  /** The messages to store: the prompt, the response, and a result for each tool call. */
  messages(): readonly Message[] {
    const results = this.results();
    return [
      ...this.#before,
      ...(this.#blocks.length === 0 ? [] : [assistantMessage(this.#blocks)]),
      ...(results.length === 0 ? [] : [userMessage(results)]),
    ];
  }

  /**
   * The messages to store if the run is aborted: none if no block is complete. Reasoning at the end is left out,
   * because providers reject reasoning without what it led to.
   */
  interruptedMessages(): readonly Message[] {
    const last = this.#blocks.findLastIndex(({ type }) => type !== "reasoning");
    this.#blocks = this.#blocks.slice(0, last + 1);
    return this.#blocks.length === 0 ? [] : this.messages();
  }
}
