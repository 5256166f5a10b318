/** A value that changes as a whole, and who wants to know. */
export class Store<State> {
  #state: State;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  /** Puts other members into the state, and tells everybody. */
  change(part: Partial<State>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of this.#listeners) listener();
  }

  /** Leaves members out of the state, and tells everybody. */
  drop(...members: readonly (keyof State)[]): void {
    const state = { ...this.#state };
    for (const member of members) delete state[member];
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  /** Told after each change. Gives what ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
