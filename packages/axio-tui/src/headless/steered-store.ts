import { type AppendInfo, type Block, type ContextStore, type Message, userMessage } from "axio";

/** Adds what the user writes during a run to the conversation, between two steps. */
export class SteeredStore implements ContextStore {
  readonly #store: ContextStore;
  readonly #take: () => readonly Block[];

  /** @param take Returns what the user has written since the last call, and forgets it. */
  constructor(store: ContextStore, take: () => readonly Block[]) {
    this.#store = store;
    this.#take = take;
  }

  get id(): string {
    return this.#store.id;
  }

  /** The messages, oldest first. After tool results, what the user has written is added. */
  async history(): Promise<readonly Message[]> {
    const history = await this.#store.history();
    const last = history.at(-1);
    const isBetweenSteps =
      last?.role === "user" && last.content.some((block) => block.type === "tool-result");
    const blocks = isBetweenSteps ? this.#take() : [];
    if (blocks.length === 0) return history;
    await this.#store.append([userMessage(blocks)]);
    return this.#store.history();
  }

  append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    return this.#store.append(messages, info);
  }

  async checkpoint(messages: readonly Message[]): Promise<void> {
    await this.#store.checkpoint?.(messages);
  }

  async fork(): Promise<SteeredStore> {
    return new SteeredStore(await this.#store.fork(), this.#take);
  }

  clear(): Promise<void> {
    return this.#store.clear();
  }

  compact(replacement: readonly Message[], count: number): Promise<void> {
    return this.#store.compact(replacement, count);
  }

  tokenCount(): Promise<number> {
    return this.#store.tokenCount();
  }
}
