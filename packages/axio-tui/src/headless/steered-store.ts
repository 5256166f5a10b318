import { type Block, type ContextStore, type Message, userMessage } from "axio";
import { DelegatingStore } from "axio/internal";

/** Adds what the user writes during a run to the conversation, between two steps. */
export class SteeredStore extends DelegatingStore {
  readonly #take: () => readonly Block[];

  /** @param take Returns what the user has written since the last call, and forgets it. */
  constructor(store: ContextStore, take: () => readonly Block[]) {
    super(store);
    this.#take = take;
  }

  /** The messages, oldest first. After tool results, what the user has written is added. */
  override async history(): Promise<readonly Message[]> {
    const history = await this.store.history();
    const last = history.at(-1);
    const isBetweenSteps =
      last?.role === "user" && last.content.some((block) => block.type === "tool-result");
    const blocks = isBetweenSteps ? this.#take() : [];
    if (blocks.length === 0) return history;
    await this.store.append([userMessage(blocks)]);
    return this.store.history();
  }

  async fork(): Promise<SteeredStore> {
    return new SteeredStore(await this.store.fork(), this.#take);
  }
}
