import type { Block, JsonObject, RateLimits, TransportEvent } from "axio";
import {
  type AttemptProgress,
  hideTokens,
  parseRetryText,
  responseDetails,
  truncateForMessage,
} from "axio-http";
import { createResponseDecoder, parseWireEvent, type ResponseDecoder } from "axio-responses";

/** An answer on its way, over whatever it comes. */
export interface StreamingResponse {
  readonly status: number;
  readonly headers: Headers;
  /**
   * Gives its wire events, as text or read already, a batch for each chunk of the network.
   *
   * @param isComplete Whether the terminal event was seen; asked when the loop is left.
   */
  readonly messages: (
    isComplete: () => boolean,
  ) => AsyncIterable<readonly string[]> | AsyncIterable<readonly JsonObject[]>;
}

/** What an answer is decoded with. */
export interface DecodeOptions {
  readonly url: URL;
  /** Reads the limits of the account from the headers of an answer. */
  readonly takeLimits: (headers: Headers) => RateLimits | undefined;
  /** Told of the limits that the answer itself tells of. */
  readonly noteLimits: (rateLimits: RateLimits) => void;
  /** Completes each finished block before it is given out. Default: it is whole. */
  readonly completeBlock?: ((block: Block) => Block) | undefined;
  /** Told of each batch of events, before it is given out. */
  readonly onEvents?: ((events: readonly TransportEvent[]) => void) | undefined;
  readonly progress: AttemptProgress;
}

/**
 * Asks for an answer once and decodes it, a batch of events for each chunk of the network. What is told of limits is
 * held until something else comes: until then the call can be made again unnoticed.
 *
 * @param open Asks for it. What it is handed wants to be told the headers of each answer, errors included.
 * @throws AxioError whatever ends the call before its `step-end`.
 */
export async function* decodeResponse(
  open: (onHeaders: (headers: Headers) => void) => Promise<StreamingResponse>,
  { url, takeLimits, noteLimits, completeBlock, onEvents, progress }: DecodeOptions,
): AsyncGenerator<readonly TransportEvent[], void, undefined> {
  const { status, headers, messages } = await open((answerHeaders) => {
    const rateLimits = takeLimits(answerHeaders);
    if (rateLimits !== undefined) progress.bufferedEvents = [{ type: "rate-limits", rateLimits }];
  });
  let events: TransportEvent[] = [];
  const decoder = createResponseDecoder({
    parseRetryText,
    quote: truncateForMessage,
    redactSecrets: hideTokens,
    // Made where there is an error to hang it on.
    get details() {
      return responseDetails(status, headers, url);
    },
    completeBlock,
  });
  let hasBegun = false;
  /** What there is to give; nothing where limits are all there is yet: they wait as those of the headers do. */
  const take = (): readonly TransportEvent[] => {
    for (const event of events) if (event.type === "rate-limits") noteLimits(event.rateLimits);
    hasBegun ||= events.some(({ type }) => type !== "rate-limits");
    const batch = progress.bufferedEvents.length === 0 ? events : [...progress.bufferedEvents, ...events];
    events = [];
    progress.bufferedEvents = hasBegun ? [] : batch;
    if (!hasBegun) return [];
    progress.blockCount = decoder.blockCount;
    onEvents?.(batch);
    return batch;
  };
  for await (const batch of messages(() => decoder.done)) {
    try {
      decodeAll(batch, decoder, events);
    } catch (error) {
      // What came before the failure, in the same chunk of the network, came: the caller gets it first.
      const given = events.length === 0 ? [] : take();
      if (given.length > 0) yield given;
      throw error;
    }
    if (events.length > 0) {
      const given = take();
      if (given.length > 0) yield given;
    }
    // Nothing follows the terminal event: the end of the body need not be waited for.
    if (decoder.done) return;
  }
  decoder.end();
}

// Not in the generator: a busy loop there has V8 compile the whole of it, which costs more than it brings.
function decodeAll(
  batch: readonly string[] | readonly JsonObject[],
  decoder: ResponseDecoder,
  events: TransportEvent[],
): void {
  for (const message of batch) {
    decoder.decode(typeof message === "string" ? parseWireEvent(message) : message, events);
  }
}
