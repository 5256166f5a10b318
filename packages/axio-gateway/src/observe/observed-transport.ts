import type { CompletionTransport, RateLimits, StreamRequest, TransportEvent, Usage } from "axio";
import { delegatingTransport } from "axio/internal";
import { fromBatches, readBatches } from "axio/transport";

type Batches = AsyncGenerator<readonly TransportEvent[], void, undefined>;

/** Receives the progress of a request at its transport. */
export interface Observer {
  onStart(model: string): void;
  onFirstEvent(): void;
  onUsage(usage: Usage): void;
  onRateLimits(rateLimits: RateLimits): void;
}

/**
 * Returns a transport that reports its requests.
 *
 * @param signal Ends the requests.
 */
export function observe(
  transport: CompletionTransport,
  signal: AbortSignal,
  observer: Observer,
): CompletionTransport {
  return delegatingTransport(transport, (request) =>
    fromBatches(() => observedBatches(transport, { ...request, signal }, observer)),
  );
}

function observedBatches(
  transport: CompletionTransport,
  request: StreamRequest,
  observer: Observer,
): Batches {
  const { model } = request;
  observer.onStart(typeof model === "string" ? model : (model?.id ?? transport.model.id));
  let isFirst = true;
  const observe = (result: IteratorResult<readonly TransportEvent[], void>): typeof result => {
    if (result.done === true) return result;
    if (isFirst) observer.onFirstEvent();
    isFirst = false;
    for (const event of result.value) {
      if (event.type === "step-end") observer.onUsage(event.usage);
      if (event.type === "rate-limits") observer.onRateLimits(event.rateLimits);
    }
    return result;
  };
  const batches = readBatches(transport.stream(request));
  const next = batches.next.bind(batches);
  // A generator around the generator would create three more promises for each batch.
  return Object.assign(batches, { next: () => next().then(observe) });
}
