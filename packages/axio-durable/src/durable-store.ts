import { AxioError, type ContextStore, MemoryContextStore } from "axio";
import { type EventLog, MemoryRunStore, type RunStore } from "axio/runs";

/**
 * Where durable runs and their conversations are stored: `openSessions()` of `axio-context-sqlite`, `PostgresSessions` of
 * `axio-postgres`, or a store of your own.
 */
export interface DurableStore {
  readonly runs: RunStore;
  readonly events: EventLog;
  /** Creates a conversation. */
  create(): Promise<ContextStore>;
  /** Opens a conversation. */
  open(id: string): Promise<ContextStore>;
}

/** Stores runs and conversations in memory, for tests and for runs that need not outlive the process. */
export class MemoryDurableStore implements DurableStore {
  readonly runs: MemoryRunStore = new MemoryRunStore();
  readonly #conversations = new Map<string, ContextStore>();

  get events(): EventLog {
    return this.runs.events;
  }

  async create(): Promise<ContextStore> {
    const store = new MemoryContextStore();
    this.#conversations.set(store.id, store);
    return store;
  }

  /** @throws AxioError `invalid-argument` if there is no such conversation. */
  async open(id: string): Promise<ContextStore> {
    const store = this.#conversations.get(id);
    if (store === undefined)
      throw new AxioError("invalid-argument", `There is no conversation ${id}. Create it with create().`);
    return store;
  }
}
