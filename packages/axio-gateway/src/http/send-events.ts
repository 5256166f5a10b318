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
  const writer = new TickWriter(outgoing);
  try {
    outgoing.writeHead(status, Object.fromEntries(headers));
    for (;;) {
      const chunk = await chunks.next();
      if (chunk === undefined) break;
      timer?.refresh();
      writer.add(chunk);
      if (outgoing.writableNeedDrain) await drain(outgoing);
    }
    writer.flush();
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

/** How much text waits for the end of a turn, in UTF-16 units. */
const MAX_WAITING_LENGTH = 16 * 1024;

/**
 * Writes all text of one turn of the event loop at once. Often several events arrive in one packet, and a write costs more than
 * converting an event.
 */
class TickWriter {
  readonly #outgoing: ServerResponse;
  #text = "";

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  add(text: string): void {
    if (this.#text === "") process.nextTick(() => this.flush());
    this.#text += text;
    // A client that does not read has to be noticed.
    if (this.#text.length >= MAX_WAITING_LENGTH) this.flush();
  }

  flush(): void {
    if (this.#text === "" || this.#outgoing.destroyed) return;
    this.#outgoing.write(this.#text);
    this.#text = "";
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
