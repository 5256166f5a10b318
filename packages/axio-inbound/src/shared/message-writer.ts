import type { Block, Message, Role } from "axio";

/** Collects blocks as messages: consecutive blocks of one role are one message. */
export class MessageWriter {
  readonly messages: Message[] = [];
  #content: Block[] = [];
  #role: Role | undefined;

  /** Adds blocks. No message is created for an empty list. */
  write(role: Role, blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    if (role !== this.#role) {
      this.#content = [];
      this.#role = role;
      this.messages.push({ role, content: this.#content });
    }
    this.#content.push(...blocks);
  }
}
