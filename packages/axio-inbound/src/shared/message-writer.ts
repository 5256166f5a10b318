import type { Block, Message, Role } from "axio";

/**
 * Collects blocks as messages. Consecutive blocks of the assistant are one message, since they are one response, and so are
 * consecutive tool results. Messages of the user stay apart.
 */
export class MessageWriter {
  readonly messages: Message[] = [];
  #content: Block[] = [];
  #role: Role | undefined;

  /** Adds blocks. No message is created for an empty list. */
  write(role: Role, blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    if (role !== this.#role || !(role === "assistant" || areResults(this.#content, blocks))) {
      this.#content = [];
      this.#role = role;
      this.messages.push({ role, content: this.#content });
    }
    this.#content.push(...blocks);
  }
}

function areResults(...lists: readonly (readonly Block[])[]): boolean {
  return lists.every((blocks) => blocks.every(({ type }) => type === "tool-result"));
}
