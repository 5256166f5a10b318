import type { StreamEvent } from "./events.ts";
import { parsePartialJson } from "./partial-json.ts";

/** Adds `partial-object` events to the events of a response whose text is JSON. */
export class PartialObjects {
  #text = "";

  /** Returns the events, with a `partial-object` after them if the object has grown. */
  follow(batch: readonly StreamEvent[]): readonly StreamEvent[] {
    const before = this.#text;
    for (const event of batch) {
      if (event.type === "retry") this.#text = "";
      else if (event.type === "text-delta" && event.phase !== "commentary") this.#text += event.delta;
    }
    if (this.#text === before || this.#text === "") return batch;
    const value = parsePartialJson(this.#text);
    return value === undefined ? batch : [...batch, { type: "partial-object", value }];
  }
}
