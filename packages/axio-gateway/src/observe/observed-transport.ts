import type { CompletionTransport, RateLimits, StreamRequest, Usage } from "axio";
import { fromBatches, readBatches } from "axio/transport";

/** What a request does at its transport. */
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
): ReturnType<typeof readBatches<import("axio").TransportEvent>> {
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
