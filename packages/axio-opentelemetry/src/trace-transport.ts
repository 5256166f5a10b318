import type { CompletionTransport, StreamRequest, TransportEvent } from "axio";
import { delegatingTransport } from "axio/internal";
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
  return delegatingTransport(transport, (request) =>
    fromBatches(() => tracedBatches(transport, request, telemetry)),
  );
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
