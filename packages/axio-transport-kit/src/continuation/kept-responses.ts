import type { AxioError, JsonObject } from "axio";
import type { EventStream } from "axio-http";
import { createEventStream } from "axio-http/internal";
import type { Call } from "../connection.ts";
import { isExpirationError } from "../expiration.ts";
import { addedInput, type CompletedResponse, type Continuation } from "./incremental-input.ts";
import { ItemRecorder } from "./item-recorder.ts";

/** How many conversations are remembered. Others are sent whole. */
const MAX_CONVERSATIONS = 100;

/** After so many kept responses in a row that the server did not have, it is taken to keep none. */
const MAX_LOST = 2;

/**
 * The last response of each conversation that the server keeps (`store: true`). The next request of the conversation sends
 * only what is new, also over another connection. Unlike a connection, the server does not remember the parameters: they are
 * sent each time and may differ.
 */
export class KeptResponses {
  readonly #responses = new Map<string, CompletedResponse>();
  /** The calls that continue a kept response. */
  readonly #continuing = new WeakSet<Call>();
  #lostInARow = 0;

  /** Returns what a call sends of its body; `undefined` if it must be sent whole. */
  continuation(call: Call, body: JsonObject): Continuation | undefined {
    const previous = this.#responses.get(conversationOf(call));
    if (previous === undefined || this.#lostInARow >= MAX_LOST) return undefined;
    const input = addedInput(body, previous);
    // The server refuses a request without any input.
    if (input === undefined || input.length === 0) return undefined;
    this.#continuing.add(call);
    return { responseId: previous.responseId, input };
  }

  /** Remembers the response to a call. */
  keep(call: Call, completed: CompletedResponse): void {
    if (this.#continuing.delete(call)) this.#lostInARow = 0;
    const conversation = conversationOf(call);
    this.#responses.delete(conversation);
    this.#responses.set(conversation, completed);
    const [oldest] = this.#responses.keys();
    if (oldest !== undefined && this.#responses.size > MAX_CONVERSATIONS) this.#responses.delete(oldest);
  }

  /** Forgets the response that a call continues, if the server no longer has it. Returns whether it did. */
  recover(error: AxioError, call: Call): boolean {
    if (!isExpirationError(error) || !this.#continuing.delete(call)) return false;
    this.#responses.delete(conversationOf(call));
    this.#lostInARow += 1;
    return true;
  }

  /** Returns the events of a response, which is remembered when it is complete. */
  record(call: Call, body: JsonObject, events: EventStream<string>): EventStream<string> {
    return createEventStream((isFinished) => this.#record(call, new ItemRecorder(body), events, isFinished));
  }

  async *#record(
    call: Call,
    recorder: ItemRecorder,
    events: EventStream<string>,
    isFinished: () => boolean,
  ): AsyncGenerator<readonly string[], void, undefined> {
    try {
      for (;;) {
        const { done, value } = await events.next();
        if (done === true) return;
        for (const text of value) recorder.recordText(text);
        if (recorder.completed !== undefined) this.keep(call, recorder.completed);
        yield value;
      }
    } finally {
      if (isFinished()) events.finish();
      await events.return();
    }
  }
}

function conversationOf({ conversationId }: Call): string {
  return conversationId ?? "";
}
