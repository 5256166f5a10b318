import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { parseWireEvent } from "axio-responses";
import { frameError, headersOfFrame, isIgnorableError } from "./frames.ts";
import type { CompletedResponse } from "./incremental-input.ts";

/** What a batch of messages says. */
export interface ReadBatch {
  readonly frames: readonly JsonObject[];
  /** What ends the answer after them; with headers where it is an answer of the server's. */
  readonly refusal: { readonly error: AxioError; readonly headers?: Headers } | undefined;
}

/** Reads the messages of one answer, and remembers what the next request on the connection can go on from. */
export class ResponseRecorder {
  readonly #url: URL;
  readonly #body: JsonObject;
  readonly #previousId: string | undefined;
  #items: JsonValue[] = [];
  #completed: CompletedResponse | undefined;

  /** @param previousId The answer before it on the same connection. Default: there was none. */
  constructor(url: URL, body: JsonObject, previousId?: string) {
    this.#url = url;
    this.#body = body;
    this.#previousId = previousId;
  }

  /** The answer, once it was completed. */
  get completed(): CompletedResponse | undefined {
    return this.#completed;
  }

  read(texts: readonly string[]): ReadBatch {
    const frames: JsonObject[] = [];
    for (const text of texts) {
      let frame: unknown;
      try {
        frame = parseWireEvent(text);
      } catch (error) {
        // What came before the message that cannot be read, came.
        if (AxioError.is(error)) return { frames, refusal: { error } };
        throw error;
      }
      if (!isJsonObject(frame) || isIgnorableError(frame, this.#url) || this.#isLate(frame)) continue;
      const error = frameError(frame, this.#url);
      if (error !== undefined) return { frames, refusal: { error, headers: headersOfFrame(frame) } };
      this.#note(frame);
      frames.push(frame);
    }
    return { frames, refusal: undefined };
  }

  /** What is still said of the answer before must not end this one. */
  #isLate({ response }: JsonObject): boolean {
    return this.#previousId !== undefined && isJsonObject(response) && response["id"] === this.#previousId;
  }

  #note({ type, item, response }: JsonObject): void {
    if (type === "response.output_item.done" && item !== undefined) this.#items.push(item);
    if ((type !== "response.completed" && type !== "response.done") || !isJsonObject(response)) return;
    const { id, output } = response;
    if (typeof id !== "string") return;
    // Some answers list their items at the end only.
    if (this.#items.length === 0 && Array.isArray(output)) this.#items = [...output];
    this.#completed = { responseId: id, body: this.#body, items: this.#items };
  }
}
