import { type AppendInfo, assertHead, type ContextHead, type ContextStore } from "./context-store.ts";
import { AxioError } from "./errors.ts";
import { checkMessages } from "./message-json.ts";
import type { Message } from "./messages.ts";
import { estimateTokens } from "./token-estimate.ts";

/**
 * Stores a conversation in memory.
 *
 * @example
 * ```ts
 * const context = new MemoryContextStore();
 * await agent.run("My name is Ada.", { context });
 * const other = await context.fork();
 * ```
 */
export class MemoryContextStore implements ContextStore {
  /** A random UUID. */
  readonly id: string = globalThis.crypto.randomUUID();
  #messages: readonly Message[];
  #generation = 0;
  /** The provider's newest count, and the number of messages that it includes. */
  #counted: { readonly tokens: number; readonly messages: number } | undefined;

  /**
   * @param messages The initial messages. Default: none.
   * @throws AxioError `invalid-argument` if a message is invalid.
   */
  constructor(messages: readonly Message[] = []) {
    checkMessages(messages);
    this.#messages = [...messages];
  }

  async append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    checkMessages(messages);
    assertHead(this.#head(), info?.expect);
    this.#messages = [...this.#messages, ...messages];
    if (info?.contextTokens !== undefined)
      this.#counted = { tokens: info.contextTokens, messages: this.#messages.length };
  }

  async head(): Promise<ContextHead> {
    return this.#head();
  }

  async history(): Promise<readonly Message[]> {
    return this.#messages;
  }

  async fork(): Promise<MemoryContextStore> {
    const fork = new MemoryContextStore(this.#messages);
    fork.#counted = this.#counted;
    return fork;
  }

  async clear(): Promise<void> {
    this.#messages = [];
    this.#generation += 1;
    this.#counted = undefined;
  }

  async compact(replacement: readonly Message[], count: number): Promise<void> {
    if (!Number.isInteger(count) || count < 0 || count > this.#messages.length) {
      throw new AxioError(
        "invalid-argument",
        `${count} messages cannot be replaced: the history has ${this.#messages.length}.`,
      );
    }
    checkMessages(replacement);
    this.#messages = [...replacement, ...this.#messages.slice(count)];
    this.#generation += 1;
    this.#counted = undefined;
  }

  async tokenCount(): Promise<number> {
    if (this.#counted === undefined) return estimateTokens(this.#messages);
    return this.#counted.tokens + estimateTokens(this.#messages.slice(this.#counted.messages));
  }

  #head(): ContextHead {
    return { generation: this.#generation, position: this.#messages.length - 1 };
  }
}
