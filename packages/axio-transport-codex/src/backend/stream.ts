import type { Block, RateLimits, TransportEvent } from "axio";
import {
  type AttemptProgress,
  assertEventStream,
  excerpt,
  hideTokens,
  parseRetryText,
  readServerSentEvents,
  responseDetails,
} from "axio-http";
import { createResponseDecoder, parseWireEvent, type ResponseDecoder } from "axio-responses";
import { type AuthorizedRequest, authorizedRequest } from "./authorized-request.ts";

/** One call for an answer. */
export interface StreamCall extends Omit<AuthorizedRequest, "method" | "onHeaders"> {
  readonly url: URL;
  readonly idleTimeoutMs: number;
  /** Reads the limits of the account from the headers of an answer. */
  readonly takeLimits: (headers: Headers) => RateLimits | undefined;
  /** Completes each finished block before it is given out. */
  readonly completeBlock: (block: Block) => Block;
  /** Told of each batch of events, before it is given out. */
  readonly onEvents?: ((events: readonly TransportEvent[]) => void) | undefined;
  readonly progress: AttemptProgress;
}

/**
 * Makes one call and decodes its answer, a batch of events for each chunk of the network. The limits of the headers
 * are held until the first batch comes: until then the call can be made again unnoticed.
 *
 * @throws AxioError whatever ends the call before its `iteration-end`.
 */
export async function* streamOnce(
  call: StreamCall,
): AsyncGenerator<readonly TransportEvent[], void, undefined> {
  const { url, idleTimeoutMs, takeLimits, completeBlock, onEvents, progress, ...request } = call;
  const onHeaders = (headers: Headers): void => {
    const rateLimits = takeLimits(headers);
    progress.held = rateLimits === undefined ? [] : [{ type: "rate-limits", rateLimits }];
  };
  const response = await authorizedRequest({ ...request, url, method: "POST", onHeaders });
  await assertEventStream(response, { signal: request.signal });
  let events: TransportEvent[] = [];
  const details = responseDetails(response.status, response.headers, url);
  const decoder = createResponseDecoder({
    parseRetryText,
    quote: excerpt,
    hideSecrets: hideTokens,
    details,
    completeBlock,
  });
  const give = (): readonly TransportEvent[] => {
    const batch = progress.held.length === 0 ? events : [...progress.held, ...events];
    progress.held = [];
    events = [];
    progress.blockCount = decoder.blockCount;
    onEvents?.(batch);
    return batch;
  };
  for await (const messages of readServerSentEvents(response, {
    signal: request.signal,
    idleTimeoutMs,
    isComplete: () => decoder.done,
  })) {
    try {
      decodeAll(messages, decoder, events);
    } catch (error) {
      // What came before the failure, in the same chunk of the network, came: the caller gets it first.
      if (events.length > 0) yield give();
      throw error;
    }
    if (events.length > 0) yield give();
    // Nothing follows the terminal event: the end of the body need not be waited for.
    if (decoder.done) return;
  }
  decoder.end();
}

// Not in the generator: a busy loop there has V8 compile the whole of it, which costs more than it brings.
function decodeAll(messages: readonly string[], decoder: ResponseDecoder, events: TransportEvent[]): void {
  for (const data of messages) decoder.decode(parseWireEvent(data), events);
}
