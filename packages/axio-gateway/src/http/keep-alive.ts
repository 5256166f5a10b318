/** Options of {@link keepAlive}. */
export interface KeepAliveOptions {
  /** The text that is sent when nothing else was sent for a while. */
  readonly ping: string;
  readonly intervalMs: number;
  /** Called once, when the body has ended, failed, or its client has left. */
  readonly onEnd: () => void;
}

/** Sends a text to the client of a stream while the stream waits, so that proxies and clients keep the connection. */
export function keepAlive(
  body: ReadableStream<Uint8Array>,
  { ping, intervalMs, onEnd }: KeepAliveOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const pinged = new TextEncoder().encode(ping);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const timer = setInterval(() => controller.enqueue(pinged), intervalMs);
        try {
          const { value, done } = await reader.read();
          if (done) {
            onEnd();
            controller.close();
          } else controller.enqueue(value);
        } catch (error) {
          onEnd();
          controller.error(error);
        } finally {
          clearInterval(timer);
        }
      },
      cancel: async (reason) => {
        onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
