import type { JsonObject, TransportEvent } from "axio";
import type { OpenedStream } from "axio/internal";

/** Turns the events of a transport into those of another API. */
export interface EventEncoder {
  start(): readonly JsonObject[];
  encode(event: TransportEvent): readonly JsonObject[];
  fail(error: unknown): readonly JsonObject[];
}

/** Options of {@link eventBody}. */
export interface EventBodyOptions {
  /** Formats one event as a server-sent event. */
  readonly format: (event: JsonObject) => string;
  /** The text after the last event of a complete response. Default: none. */
  readonly trailer?: string | undefined;
  /** Runs before the last event of a complete response is sent. */
  readonly onComplete?: (() => void | Promise<void>) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Makes the body fail after the events that report a failure. Default: it ends. */
  readonly failsBody?: boolean | undefined;
}

/**
 * Returns the body of a streamed response. It reads from the transport as fast as the client reads from it, and closes the
 * request when the client leaves. An event is never split over two chunks.
 */
export function eventBody(
  stream: OpenedStream,
  encoder: EventEncoder,
  { format, trailer = "", onComplete, onError, failsBody = false }: EventBodyOptions,
): ReadableStream<Uint8Array> {
  const text = new TextEncoder();
  const { rest } = stream;
  let next: readonly TransportEvent[] | undefined = stream.first;
  let failure: unknown;
  const formatted = (events: readonly JsonObject[]): string => events.map(format).join("");
  const encodeBatch = (batch: readonly TransportEvent[]): string => {
    let chunk = "";
    for (const event of batch) chunk += formatted(encoder.encode(event));
    return chunk;
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(text.encode(formatted(encoder.start()))),
      pull: async (controller) => {
        if (failure !== undefined) return controller.error(failure);
        try {
          // A batch without events for the client is not a chunk, and a pull has to enqueue one.
          for (;;) {
            const batch = next ?? (await rest.next()).value;
            next = undefined;
            if (batch === undefined) return controller.close();
            const chunk = encodeBatch(batch);
            const isLast = batch.some(({ type }) => type === "step-end");
            if (isLast) await onComplete?.();
            if (chunk === "" && !isLast) continue;
            controller.enqueue(text.encode(isLast ? chunk + trailer : chunk));
            return;
          }
        } catch (error) {
          onError?.(error);
          controller.enqueue(text.encode(formatted(encoder.fail(error))));
          if (failsBody) failure = error;
          else controller.close();
          await rest.return().catch(() => undefined);
        }
      },
      cancel: async () => {
        await rest.return();
      },
    },
    { highWaterMark: 0 },
  );
}
