/** How many calls of a conversation may fail in a row before it stops using a WebSocket. */
const MAX_FAILURES = 5;

/** How many conversations may stop in a row before all do. */
const MAX_CONVERSATIONS = 2;

/** How many conversations are remembered: more than one program has at the same time. */
const MAX_REMEMBERED = 1_000;

/**
 * A circuit breaker: decides who stops using the WebSocket. If the server does not accept it, everyone does. If it fails
 * repeatedly, the conversation does, as in the official CLI; if the next conversation fails too, everyone does.
 */
export class WebSocketBreaker {
  #isTripped = false;
  /** How many calls of each conversation failed in a row. */
  readonly #failures = new Map<string, number>();
  #conversationsInARow = 0;

  /** Whether a conversation uses no WebSocket. */
  isOpen(conversation: string): boolean {
    return this.#isTripped || (this.#failures.get(conversation) ?? 0) >= MAX_FAILURES;
  }

  /** Stops all conversations. Returns whether that is new. */
  trip(): boolean {
    const isNew = !this.#isTripped;
    this.#isTripped = true;
    return isNew;
  }

  /** Records a call that succeeded. */
  succeeded(conversation: string): void {
    this.#failures.delete(conversation);
    this.#conversationsInARow = 0;
  }

  /** Records a call that failed because of the connection. Returns who stops now, if that is new. */
  failed(conversation: string): "conversation" | "all" | undefined {
    if (this.isOpen(conversation)) return undefined;
    const failures = (this.#failures.get(conversation) ?? 0) + 1;
    this.#failures.delete(conversation);
    this.#failures.set(conversation, failures);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size > MAX_REMEMBERED) this.#failures.delete(oldest);
    if (failures < MAX_FAILURES) return undefined;
    this.#conversationsInARow += 1;
    if (this.#conversationsInARow < MAX_CONVERSATIONS) return "conversation";
    this.#isTripped = true;
    return "all";
  }
}
