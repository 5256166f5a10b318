import type { Block, TextBlock, TextPhase, ToolResultBlock, ToolUseBlock } from "./blocks.ts";
import { AxioError } from "./errors.ts";
import type { StepEndEvent, StreamEvent, TextDeltaEvent } from "./events.ts";
import { withoutUndefined } from "./json.ts";
import { assistantMessage, type Message, messageText, userMessage } from "./messages.ts";
import { interruptedResult } from "./tool-runner.ts";
import { NO_USAGE, type Usage } from "./usage.ts";

/** Tells the model, and the user, that an answer is not complete. */
const STOPPED_NOTE = "[Interrupted by the user before this answer was complete.]";
const ENDED_NOTE = "[Interrupted before this answer was complete: the program ended.]";

/** Collects the blocks of one response and the results of its tool calls until they can be stored together. */
export class Step {
  readonly #before: readonly Message[];
  /** By the position of the call, because two calls may have the same id. */
  readonly #results = new Map<number, ToolResultBlock>();
  /** In the order in which they began: they may end in another order, and reasoning belongs before what it led to. */
  #blocks: Block[] = [];
  /** The index of each block in the response. */
  #indexes: number[] = [];
  /** The texts that have begun, by their index. */
  readonly #openTexts = new Map<number, { text: string; readonly phase: TextPhase | undefined }>();
  #end: StepEndEvent | undefined;
  /** Whether the messages were given to the context store. */
  isStored = false;

  /** @param before The messages to store before the response: the user's prompt. */
  constructor(before: readonly Message[]) {
    this.#before = before;
  }

  /** The complete blocks of the response so far. */
  get blocks(): readonly Block[] {
    return this.#blocks;
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
      // Nearly all events are deltas of text. The others are handled elsewhere: they would make the engine compile this again.
      if (event.type === "text-delta") this.#addText(event);
      else this.#addOther(event);
    }
  }

  #addText({ index, delta, phase }: TextDeltaEvent): void {
    const open = this.#openTexts.get(index);
    if (open === undefined) this.#openTexts.set(index, { text: delta, phase });
    else open.text += delta;
  }

  #addOther(event: StreamEvent): void {
    switch (event.type) {
      case "block-end":
        this.#openTexts.delete(event.index);
        this.#insert(event.index, event.block);
        break;
      case "retry":
        this.#blocks = [];
        this.#indexes = [];
        this.#openTexts.clear();
        break;
      case "step-end":
        this.#end = event;
        break;
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
      "The response stopped before its end, so it was not stored. Try again.",
      { retryable: true },
    );
  }

  /** The results in the order of the calls. A call without a result was interrupted. */
  results(): readonly ToolResultBlock[] {
    return this.toolUses.map(({ id }, position) => this.#results.get(position) ?? interruptedResult(id));
  }

  /** The messages to store: the prompt, the response, and a result for each tool call. */
  messages(): readonly Message[] {
    return this.#messagesWith(this.#blocks);
  }

  /**
   * The messages to store if the run is aborted: the prompt, and what the user has seen of the response, with a note that it
   * is not complete. Reasoning at the end is left out, because providers reject reasoning without what it led to.
   */
  interruptedMessages(): readonly Message[] {
    return this.#interruptedMessages(STOPPED_NOTE);
  }

  /** The messages to store if the process ends now. */
  checkpoint(): readonly Message[] {
    return this.#interruptedMessages(ENDED_NOTE);
  }

  #interruptedMessages(note: string): readonly Message[] {
    const last = this.#blocks.findLastIndex(({ type }) => type !== "reasoning");
    const texts = [...this.#openTexts.entries()].sort(([left], [right]) => left - right);
    const partial = texts.flatMap(([, { text, phase }]): readonly TextBlock[] =>
      text.trim() === "" ? [] : [withoutUndefined({ type: "text", text, phase, interrupted: true } as const)],
    );
    const blocks = [...this.#blocks.slice(0, last + 1), ...partial];
    if (blocks.length === 0 && this.#before.length === 0) return [];
    // The result of an interrupted tool call says so itself.
    if (this.toolUses.length > 0) return this.#messagesWith(blocks);
    return this.#messagesWith([...blocks, { type: "text", text: note, interrupted: true }]);
  }

  #messagesWith(blocks: readonly Block[]): readonly Message[] {
    const results = this.results();
    return [
      ...this.#before,
      ...(blocks.length === 0 ? [] : [assistantMessage(blocks)]),
      ...(results.length === 0 ? [] : [userMessage(results)]),
    ];
  }
}
