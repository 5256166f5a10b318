import type { AppendInfo, ContextStore } from "./context-store.ts";
import type { Message } from "./messages.ts";

/** Passes every call to another store. A base for stores that add something to one. */
export abstract class DelegatingStore implements ContextStore {
  protected readonly store: ContextStore;
  /** That of the store, if it has one. */
  readonly head: ContextStore["head"];
  /** That of the store, if it has one. */
  readonly checkpoint: ContextStore["checkpoint"];

  constructor(store: ContextStore) {
    this.store = store;
    this.head = store.head?.bind(store);
    this.checkpoint = store.checkpoint?.bind(store);
  }

  get id(): string {
    return this.store.id;
  }

  append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    return this.store.append(messages, info);
  }

  history(): Promise<readonly Message[]> {
    return this.store.history();
  }

  /** A store of the same kind over a fork of the store. */
  abstract fork(): Promise<ContextStore>;

  clear(): Promise<void> {
    return this.store.clear();
  }

  compact(replacement: readonly Message[], count: number): Promise<void> {
    return this.store.compact(replacement, count);
  }

  tokenCount(): Promise<number> {
    return this.store.tokenCount();
  }
}
