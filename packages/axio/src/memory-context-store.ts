import type { AppendInfo, ContextStore, SessionSummary } from "./context-store.ts";
import { AxioError } from "./errors.ts";
import { type Message, messageText } from "./messages.ts";
import { estimateTokens } from "./token-estimate.ts";

const PREVIEW_LENGTH = 80;

/** A store and its forks. Weak, so that a fork that nobody holds any more is freed, and no longer listed. */
type Family = Set<WeakRef<MemoryContextStore>>;

/**
 * A conversation in memory. It ends with the process.
 *
 * @example
 * ```ts
 * const context = new MemoryContextStore();
 * await agent.run("My name is Ada.", { context });
 * const other = await context.fork();
 * ```
 */
export class MemoryContextStore implements ContextStore {
  /** Names the conversation: a random UUID. */
  readonly id: string;
  readonly #family: Family;
  readonly #createdAt: number = Date.now();
  readonly #forkedFrom: string | undefined;
  #updatedAt: number = this.#createdAt;
  #messages: readonly Message[];
  #counted: { readonly tokens: number; readonly messages: number } | undefined;

  /**
   * @param messages The messages to begin with. Default: none.
   * @param parent The conversation that this one forks. Use `fork()`.
   */
  constructor(messages: readonly Message[] = [], parent?: MemoryContextStore) {
    this.id = globalThis.crypto.randomUUID();
    this.#messages = [...messages];
    this.#forkedFrom = parent?.id;
    this.#counted = parent === undefined ? undefined : parent.#counted;
    this.#family = parent === undefined ? new Set() : parent.#family;
    this.#family.add(new WeakRef(this));
  }

  async append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    this.#messages = [...this.#messages, ...messages];
    if (info?.contextTokens !== undefined)
      this.#counted = { tokens: info.contextTokens, messages: this.#messages.length };
    this.#updatedAt = Date.now();
  }

  async history(): Promise<readonly Message[]> {
    return this.#messages;
  }

  async fork(): Promise<MemoryContextStore> {
    return new MemoryContextStore(this.#messages, this);
  }

  async clear(): Promise<void> {
    this.#messages = [];
    this.#counted = undefined;
    this.#updatedAt = Date.now();
  }

  async compact(replacement: readonly Message[], count: number): Promise<void> {
    if (!Number.isInteger(count) || count < 0 || count > this.#messages.length) {
      throw new AxioError(
        "invalid-argument",
        `${count} messages cannot be replaced: the history has ${this.#messages.length}.`,
      );
    }
    this.#messages = [...replacement, ...this.#messages.slice(count)];
    this.#counted = undefined;
    this.#updatedAt = Date.now();
  }

  async tokenCount(): Promise<number> {
    if (this.#counted === undefined) return estimateTokens(this.#messages);
    return this.#counted.tokens + estimateTokens(this.#messages.slice(this.#counted.messages));
  }

  async listSessions(): Promise<readonly SessionSummary[]> {
    const summaries: SessionSummary[] = [];
    // The youngest first, so that it comes before its parent where both were changed in the same millisecond.
    for (const reference of [...this.#family].reverse()) {
      const store = reference.deref();
      if (store === undefined) this.#family.delete(reference);
      else summaries.push(store.#summary());
    }
    return summaries.sort((left, right) => right.updatedAt - left.updatedAt);
  }

  #summary(): SessionSummary {
    const first = this.#messages.find(({ role }) => role === "user");
    return {
      id: this.id,
      createdAt: this.#createdAt,
      updatedAt: this.#updatedAt,
      messageCount: this.#messages.length,
      preview: first === undefined ? "" : messageText(first).slice(0, PREVIEW_LENGTH),
      ...(this.#forkedFrom === undefined ? {} : { forkedFrom: this.#forkedFrom }),
    };
  }
}
