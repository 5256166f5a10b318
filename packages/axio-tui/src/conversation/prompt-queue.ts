import type { Block } from "axio";
import type { ConversationState } from "./state.ts";

/** A prompt to send. */
export interface Prompt {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** The prompts that wait for the end of a run. */
export class PromptQueue {
  readonly #onChange: (change: Partial<Pick<ConversationState, "queued" | "starting">>) => void;
  #prompts: readonly Prompt[] = [];

  constructor(onChange: (change: Partial<Pick<ConversationState, "queued" | "starting">>) => void) {
    this.#onChange = onChange;
  }

  add(prompt: Prompt): void {
    this.#prompts = [...this.#prompts, prompt];
    this.#onChange({ queued: this.#texts() });
  }

  /** Removes all prompts, and returns their texts. */
  take(): readonly string[] {
    const texts = this.#texts();
    this.#prompts = [];
    if (texts.length > 0) this.#onChange({ queued: [] });
    return texts;
  }

  /** Sends no more of them, but still shows them, so that they are kept. */
  close(): void {
    this.#prompts = [];
  }

  /** Removes and returns the first prompt. */
  next(): Prompt | undefined {
    const [next, ...rest] = this.#prompts;
    if (next === undefined) return undefined;
    this.#prompts = rest;
    // Until it is on the disk as a part of the session, it is one of the prompts to keep.
    this.#onChange({ starting: next.text, queued: this.#texts() });
    return next;
  }

  #texts(): readonly string[] {
    return this.#prompts.map(({ text }) => text);
  }
}
