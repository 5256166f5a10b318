import type { CompletionTransport, StreamRequest, TransportEvent } from "axio";
import { fromBatches, readBatches } from "axio/transport";
import { ChatSpan } from "./chat-span.ts";
import { listenToTransports } from "./diagnostics.ts";
import { type Telemetry, type TelemetryOptions, telemetryOf } from "./telemetry.ts";

/**
 * Creates a `chat` span and metrics for each response of a transport, for programs that use a transport without an
 * `Agent`, such as one behind `axio-ai-sdk` or `axio-gateway`.
 *
 * @example
 * ```ts
 * import { traceTransport } from "axio-opentelemetry";
 *
 * const traced = traceTransport(transport);
 * ```
 */
export function traceTransport(
  transport: CompletionTransport,
  options: TelemetryOptions = {},
): CompletionTransport {
  return tracedTransport(transport, telemetryOf(options));
}

/** A transport whose responses are recorded. */
export function tracedTransport(transport: CompletionTransport, telemetry: Telemetry): CompletionTransport {
  listenToTransports();
  return {
    get name() {
      return transport.name;
    },
    get provider() {
      return transport.provider;
    },
    get model() {
      return transport.model;
    },
    get models() {
      return transport.models;
    },
    get notForOthers() {
      return transport.notForOthers;
    },
    stream: (request) => fromBatches(() => tracedBatches(transport, request, telemetry)),
    unsupportedSettings: (request) => transport.unsupportedSettings?.(request) ?? [],
    ...(transport.fetchModels === undefined
      ? {}
      : { fetchModels: (options) => transport.fetchModels?.(options) ?? Promise.resolve(transport.models) }),
  };
}

async function* tracedBatches(
  transport: CompletionTransport,
  request: StreamRequest,
  telemetry: Telemetry,
): AsyncGenerator<readonly TransportEvent[], void, undefined> {
  const span = new ChatSpan(telemetry, transport, request);
  const batches = span.within(() => readBatches(transport.stream(request)));
  try {
    for (;;) {
      const { done, value } = await span.within(() => batches.next());
      if (done) return;
      span.received(value);
      yield value;
    }
  } catch (error) {
    span.failed(error);
    throw error;
  } finally {
    try {
      await span.within(() => batches.return());
    } finally {
      span.end();
    }
  }
}
