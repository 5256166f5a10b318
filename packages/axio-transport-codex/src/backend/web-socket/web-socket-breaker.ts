/** How many calls in a row may fail by the connection before a conversation goes on without a WebSocket. */
const MOST_FAILURES = 5;

/** How many conversations in a row may come to that before none uses one. */
const MOST_CONVERSATIONS = 2;

/** How many conversations are remembered: more than one program has under way at the same time. */
const MOST_REMEMBERED = 1_000;

/**
 * Where the WebSocket is not used any more. A server that does not take it takes none; one that fails again and again fails
 * for its conversation, as in the official CLI, unless it is the same for the next one.
 */
export class WebSocketBreaker {
  #isTotal = false;
  /** How often each conversation's connection failed in a row. */
  readonly #failures = new Map<string, number>();
  #conversationsInARow = 0;

  /** Whether a conversation does without. */
  isOpen(conversation: string): boolean {
    return this.#isTotal || (this.#failures.get(conversation) ?? 0) >= MOST_FAILURES;
  }

  /** Does without in all conversations. Tells whether that is new. */
  trip(): boolean {
    const isNew = !this.#isTotal;
    this.#isTotal = true;
    return isNew;
  }

  /** Takes note of a call that went well. */
  succeeded(conversation: string): void {
    this.#failures.delete(conversation);
    this.#conversationsInARow = 0;
  }

  /** Takes note of a call that failed by the connection. Tells who has to do without from now on, if that is new. */
  failed(conversation: string): "conversation" | "all" | undefined {
    if (this.isOpen(conversation)) return undefined;
    const failures = (this.#failures.get(conversation) ?? 0) + 1;
    this.#failures.delete(conversation);
    this.#failures.set(conversation, failures);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size > MOST_REMEMBERED) this.#failures.delete(oldest);
    if (failures < MOST_FAILURES) return undefined;
    this.#conversationsInARow += 1;
    if (this.#conversationsInARow < MOST_CONVERSATIONS) return "conversation";
    this.#isTotal = true;
    return "all";
  }
}
