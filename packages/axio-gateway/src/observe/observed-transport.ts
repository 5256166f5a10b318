import type { CompletionTransport, RateLimits, StreamRequest, TransportEvent, Usage } from "axio";
import { fromBatches, readBatches } from "axio/transport";

/** Receives the progress of a request at its transport. */
export interface Observer {
  onStart(model: string): void;
  onFirstEvent(): void;
  onUsage(usage: Usage): void;
  onRateLimits(rateLimits: RateLimits): void;
}

/** Returns a transport that reports its requests. */
export function observe(transport: CompletionTransport, observer: Observer): CompletionTransport {
  return {
    name: transport.name,
    provider: transport.provider,
    model: transport.model,
    models: transport.models,
    fetchModels: async (options) => (await transport.fetchModels?.(options)) ?? transport.models,
    stream: (request) => fromBatches(() => observedBatches(transport, request, observer)),
  };
}

async function* observedBatches(
  transport: CompletionTransport,
  request: StreamRequest,
  observer: Observer,
): AsyncGenerator<readonly TransportEvent[], void, undefined> {
  const { model } = request;
  observer.onStart(typeof model === "string" ? model : (model?.id ?? transport.model.id));
  let isFirst = true;
  for await (const batch of readBatches(transport.stream(request))) {
    if (isFirst) observer.onFirstEvent();
    isFirst = false;
    for (const event of batch) {
      if (event.type === "step-end") observer.onUsage(event.usage);
      if (event.type === "rate-limits") observer.onRateLimits(event.rateLimits);
    }
    yield batch;
  }
}
