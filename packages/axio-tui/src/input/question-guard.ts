import { keyName } from "../prompt/edit-key.ts";
import type { Input } from "../terminal/keys.ts";

/** How long a question that was just drawn, or the question after an answer, takes nothing, in milliseconds. */
export const DEAD_TIME_MS = 500;

/**
 * Decides whether a key may answer the question on the screen: not before the user can have read it, and not if the same key
 * has just answered another one.
 */
export class QuestionGuard {
  readonly #now: () => number;
  #shown: number | undefined;
  #since = Number.NEGATIVE_INFINITY;
  #isDrawn = false;
  #isDrawingReported = false;
  #lastAnswer: string | undefined;
  #isMessaging = false;

  /** @param now Returns a monotonic time in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Tells which question is shown; `undefined` for none. */
  show(id: number | undefined): void {
    if (id === this.#shown) return;
    this.#shown = id;
    this.#isDrawn = false;
    this.#isMessaging = false;
    this.restart();
  }

  /** Tells that a frame was written to the terminal. From the first call on, a question counts from its own frame. */
  drawn(): void {
    this.#isDrawingReported = true;
    if (this.#shown === undefined || this.#isDrawn) return;
    this.#isDrawn = true;
    this.restart();
  }

  /** Tells that an input has answered a question. */
  answered(input: Input): void {
    this.#lastAnswer = inputName(input);
    this.restart();
  }

  /** Tells that the user has sent a prompt while the question was shown: their next words are for the next prompt. */
  sentPrompt(): void {
    if (this.#shown !== undefined) this.#isMessaging = true;
  }

  /** Begins the dead time again. */
  restart(): void {
    this.#since = this.#now();
  }

  /** Whether the question takes keys. */
  get isReady(): boolean {
    if (this.#isDrawingReported && !this.#isDrawn) return false;
    return this.#now() - this.#since >= DEAD_TIME_MS;
  }

  /** Whether the user writes prompts and has not turned to the question. */
  get isMessaging(): boolean {
    return this.#isMessaging;
  }

  /** Whether the input repeats the answer to the question before this one. It is meant for neither this question nor the prompt. */
  isRepeatedAnswer(input: Input): boolean {
    return !this.isReady && this.#lastAnswer !== undefined && inputName(input) === this.#lastAnswer;
  }
}

function inputName(input: Input): string {
  switch (input.type) {
    case "key":
      return keyName(input);
    case "text":
      // A key that is held arrives several times in one chunk.
      return `text ${[...new Set(input.text.toLowerCase())].join("")}`;
    default:
      return input.type;
  }
}
