import { AxioError, isJsonObject, type JsonObject } from "axio";
import { parseWireEvent } from "axio-responses";
import type { CompletedResponse } from "../continuation/incremental-input.ts";
import { ItemRecorder } from "../continuation/item-recorder.ts";
import { errorResponse } from "./frames.ts";

/** The content of a batch of messages. */
export interface MessageBatch {
  readonly frames: readonly JsonObject[];
  /** The end of the response after these frames: an error of the server, or a message that is not JSON. */
  readonly failure: Response | AxioError | undefined;
}

/** Reads the messages of one response, and records what the next request on the connection can continue. */
export class ResponseRecorder {
  readonly #items: ItemRecorder;
  readonly #previousId: string | undefined;

  /**
   * @param body The request.
   * @param previousId The previous response on the connection. Default: there is none.
   */
  constructor(body: JsonObject, previousId?: string) {
    this.#items = new ItemRecorder(body);
    this.#previousId = previousId;
  }

  /** The response, once it is complete. */
  get completed(): CompletedResponse | undefined {
    return this.#items.completed;
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
      this.#items.record(frame);
      frames.push(frame);
    }
    return { frames, failure: undefined };
  }

  /** A late message of the previous response must not end this one. */
  #isPreviousResponse({ response }: JsonObject): boolean {
    return this.#previousId !== undefined && isJsonObject(response) && response["id"] === this.#previousId;
  }
}
