import type { StreamEvent } from "./events.ts";
import { PartialJsonReader } from "./partial-json.ts";

/** How much new text, in characters, pays for one value that is copied. */
const CHARACTERS_PER_COPY = 1 / 4;
/** A value is reported at most this often while the text doubles. */
const REPORTS_PER_DOUBLING = 1_024;

/**
 * Adds `partial-object` events to the events of a response whose text is JSON. In total, the values cost no more than the
 * text: a value that is large compared to the new text waits for more of it.
 */
export class PartialObjects {
  #reader = new PartialJsonReader();
  #length = 0;
  #reported = 0;

  /** Returns the events, with a `partial-object` after them if the object has grown. */
  follow(batch: readonly StreamEvent[]): readonly StreamEvent[] {
    for (const event of batch) {
      if (event.type === "retry") {
        this.#reader = new PartialJsonReader();
        this.#length = 0;
        this.#reported = 0;
      } else if (event.type === "text-delta" && event.phase !== "commentary") {
        this.#reader.add(event.delta);
        this.#length += event.delta.length;
      }
    }
    if (!this.#isDue()) return batch;
    const value = this.#reader.value();
    this.#reported = this.#length;
    return value === undefined ? batch : [...batch, { type: "partial-object", value }];
  }

  #isDue(): boolean {
    const added = this.#length - this.#reported;
    if (added === 0) return false;
    if (this.#reader.isComplete) return true;
    return added >= this.#reader.cost * CHARACTERS_PER_COPY && added >= this.#reported / REPORTS_PER_DOUBLING;
  }
}
