import type { App } from "../app/app.ts";
import { currentFrame } from "./current-frame.ts";
import { entryText, finishedEntries } from "./entry-text.ts";
import { LinearWriter } from "./linear-writer.ts";

/** How much of a resumed conversation is read aloud, in entries. */
const RESUMED_ENTRIES = 6;

/** Shows the app to a screen reader: each finished entry once, in words, and below it what is current. */
export class LinearView {
  readonly #app: App;
  readonly #writer: LinearWriter;
  #opened = -1;
  /** How many entries of the conversation are written. */
  #written = 0;

  constructor(app: App, write: (text: string) => void) {
    this.#app = app;
    this.#writer = new LinearWriter(write);
  }

  draw(): void {
    const { state } = this.#app.conversation;
    if (state.opened !== this.#opened) {
      this.#opened = state.opened;
      this.#written = Math.max(0, state.resumedEntries - RESUMED_ENTRIES);
    }
    const entries = finishedEntries(state.transcript.committed);
    const added = entries.slice(this.#written);
    this.#written = Math.max(this.#written, entries.length);
    this.#writer.show(added.map(entryText), currentFrame(this.#app.state, state));
  }

  /** Continues below what is written. */
  leave(): void {
    this.#writer.leave();
  }
}
