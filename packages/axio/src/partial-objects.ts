import type { StreamEvent } from "./events.ts";
import type { JsonValue } from "./json.ts";
import { parsePartialJson } from "./partial-json.ts";

/** Follows the text of an answer that is to be JSON, and adds what can be read of it so far. */
export class PartialObjects {
  #text = "";

  /** The events, and one `partial-object` after them where they brought more of the object. */
  follow(batch: readonly StreamEvent[]): readonly StreamEvent[] {
    const before = this.#text;
    for (const event of batch) {
      if (event.type === "retry") this.#text = "";
      else if (event.type === "text-delta" && event.phase !== "commentary") this.#text += event.delta;
    }
    if (this.#text === before || this.#text === "") return batch;
    const value: JsonValue | undefined = parsePartialJson(this.#text);
    return value === undefined ? batch : [...batch, { type: "partial-object", value }];
  }
}
