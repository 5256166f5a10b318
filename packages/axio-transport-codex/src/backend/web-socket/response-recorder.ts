import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { parseWireEvent } from "axio-responses";
import { errorResponse } from "./frames.ts";
import type { CompletedResponse } from "./incremental-input.ts";

/** The content of a batch of messages. */
export interface MessageBatch {
  readonly frames: readonly JsonObject[];
  /** The end of the response after these frames: an error of the server, or a message that is not JSON. */
  readonly failure: Response | AxioError | undefined;
}

/** Reads the messages of one response, and records what the next request on the connection can continue. */
export class ResponseRecorder {
  readonly #body: JsonObject;
  readonly #previousId: string | undefined;
  #items: JsonValue[] = [];
  #completed: CompletedResponse | undefined;

  /**
   * @param body The request.
   * @param previousId The previous response on the connection. Default: there is none.
   */
  constructor(body: JsonObject, previousId?: string) {
    this.#body = body;
    this.#previousId = previousId;
  }

  /** The response, once it is complete. */
  get completed(): CompletedResponse | undefined {
    return this.#completed;
  }

  read(texts: readonly string[]): MessageBatch {
    const frames: JsonObject[] = [];
    for (const text of texts) {
      let frame: unknown;
      try {
        frame = parseWireEvent(text);
      } catch (error) {
        if (AxioError.is(error)) return { frames, failure: error };
        throw error;
      }
      if (!isJsonObject(frame) || this.#isPreviousResponse(frame)) continue;
      const failure = errorResponse(frame);
      if (failure !== undefined) return { frames, failure };
      // An error without a status means nothing. The decoder would end the response.
      if (frame["type"] === "error") continue;
      this.#record(frame);
      frames.push(frame);
    }
    return { frames, failure: undefined };
  }

  /** A late message of the previous response must not end this one. */
  #isPreviousResponse({ response }: JsonObject): boolean {
    return this.#previousId !== undefined && isJsonObject(response) && response["id"] === this.#previousId;
  }

  #record({ type, item, response }: JsonObject): void {
    if (type === "response.output_item.done" && item !== undefined) this.#items.push(item);
    if ((type !== "response.completed" && type !== "response.done") || !isJsonObject(response)) return;
    const { id, output } = response;
    if (typeof id !== "string") return;
    // Some responses list their items only at the end.
    if (this.#items.length === 0 && Array.isArray(output)) this.#items = [...output];
    this.#completed = { responseId: id, body: this.#body, items: this.#items };
  }
}
