import type { Message } from "axio";
import type { SqliteContextStore } from "axio-context-sqlite";
import type { Entry } from "../transcript/entries.ts";
import { historyEntries } from "../transcript/from-history.ts";
import { notice } from "../transcript/transcript.ts";

/** Remembers the messages that the user sees, since another window can continue the same session. */
export class SeenHistory {
  #messages: readonly Message[] = [];

  /** Everything that the session has now is on the screen. Never rejects: the next use of the session reports its error. */
  async remember(session: SqliteContextStore | undefined): Promise<void> {
    this.#messages = (await session?.history().catch(() => this.#messages)) ?? [];
  }

  /** Returns the entries to show of what another window has changed since then, and remembers it. */
  async changes(session: SqliteContextStore): Promise<readonly Entry[]> {
    const before = this.#messages;
    await this.remember(session);
    const now = this.#messages;
    const isExtended = before.length <= now.length && isSame(before.at(-1), now[before.length - 1]);
    if (isExtended && before.length === now.length) return [];
    const text = isExtended
      ? "This conversation was continued in another window. The messages above are from there."
      : "This conversation was changed in another window: the model sees other messages than this screen.";
    const warning = notice("warning", text, "/fork continues in a copy, /sessions loads it again.");
    return [...(isExtended ? historyEntries(now.slice(before.length)) : []), warning];
  }
}

function isSame(left: Message | undefined, right: Message | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
