/** Calls listeners after changes of their topics. */
export class ChangeListeners {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** The topics that have listeners. */
  get topics(): readonly string[] {
    return [...this.#listeners.keys()];
  }

  /** Calls `onChange` after changes of a topic. Returns a function that ends it. */
  follow(topic: string, onChange: () => void): () => void {
    // A wrapper, because one function may follow twice.
    const listener = (): void => onChange();
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  /** Tells the listeners of topics. */
  tell(topics: readonly string[]): void {
    for (const topic of topics) for (const listener of this.#listeners.get(topic) ?? []) listener();
  }
}
