import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import type { CompletedResponse } from "./incremental-input.ts";

/** The types of the events that are recorded. */
const ITEM_DONE = "response.output_item.done";
const COMPLETED: ReadonlySet<unknown> = new Set(["response.completed", "response.done"]);

/** Records the items of one response, for the request that continues it. */
export class ItemRecorder {
  readonly #body: JsonObject;
  #items: JsonValue[] = [];
  #completed: CompletedResponse | undefined;

  /** @param body The whole body of the request, even if only a part was sent. */
  constructor(body: JsonObject) {
    this.#body = body;
  }

  /** The response, once it is complete. */
  get completed(): CompletedResponse | undefined {
    return this.#completed;
  }

  /** Records an event. */
  record({ type, item, response }: JsonObject): void {
    if (type === ITEM_DONE && item !== undefined) this.#items.push(item);
    if (!COMPLETED.has(type) || !isJsonObject(response)) return;
    const { id, output } = response;
    if (typeof id !== "string") return;
    // Some responses list their items only at the end.
    if (this.#items.length === 0 && Array.isArray(output)) this.#items = [...output];
    this.#completed = { responseId: id, body: this.#body, items: this.#items };
  }

  /** Records an event that is not parsed yet. Events of other types, which are most, are not parsed. */
  recordText(text: string): void {
    if (!text.includes(ITEM_DONE) && !text.includes("response.completed") && !text.includes("response.done"))
      return;
    try {
      const event: unknown = JSON.parse(text);
      if (isJsonObject(event)) this.record(event);
    } catch {
      // The decoder of the response reports it.
    }
  }
}
