import type { Editor } from "./editor.ts";

/** How many states are remembered. */
const MAX_STATES = 200;

/** Remembers states of the prompt, so that edits can be undone. Letters that follow each other are one edit. */
export class EditHistory {
  #states: Editor[] = [];
  #isTyping = false;

  /** Tells that an edit replaces a state. */
  add(before: Editor, after: Editor): void {
    if (before.text === after.text) return;
    const isLetter = after.text.length === before.text.length + 1 && !after.text.endsWith(" ");
    if (!(isLetter && this.#isTyping)) this.#states = [...this.#states, before].slice(-MAX_STATES);
    this.#isTyping = isLetter;
  }

  /** Returns the state before the last edit, if there is one. */
  undo(current: Editor): Editor | undefined {
    this.#isTyping = false;
    const at = this.#states.findLastIndex(({ text }) => text !== current.text);
    const state = this.#states[at];
    if (state === undefined) return undefined;
    this.#states = this.#states.slice(0, at);
    return state;
  }
}
