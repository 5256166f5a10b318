import type { ServerResponse } from "node:http";
import type { EventSource } from "axio-openai-client/internal";

/**
 * Writes a response of server-sent events to a socket, as fast as the client reads. A web stream between them would cost more
 * than converting the events.
 */
export async function sendEvents(
  { chunks, ping }: EventSource,
  { status, headers }: Pick<Response, "status" | "headers">,
  outgoing: ServerResponse,
): Promise<void> {
  const leave = (): void => {
    chunks.cancel().catch(() => undefined);
  };
  if (outgoing.destroyed) return leave();
  outgoing.once("close", leave);
  // All waits share one timer.
  const timer =
    ping &&
    setInterval(() => {
      // A client that does not read gets no more.
      if (!outgoing.writableNeedDrain) outgoing.write(ping.text);
    }, ping.intervalMs);
  try {
    outgoing.writeHead(status, Object.fromEntries(headers));
    for (;;) {
      const chunk = await chunks.next();
      if (chunk === undefined) break;
      timer?.refresh();
      if (!outgoing.write(chunk)) await drain(outgoing);
    }
    outgoing.end();
  } catch {
    leave();
    // The client must not take a failed response for a complete one.
    outgoing.destroy();
  } finally {
    outgoing.off("close", leave);
    clearInterval(timer);
  }
}

function drain(outgoing: ServerResponse): Promise<void> {
  // A client that has left reads nothing more, and its end was already announced.
  if (outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      outgoing.off("drain", settle).off("close", settle);
      resolve();
    };
    outgoing.on("drain", settle).on("close", settle);
  });
}
