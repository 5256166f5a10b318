import type { ServerResponse } from "node:http";
import type { EventSource, Ping } from "axio-openai-client/internal";

/**
 * Writes a response of server-sent events to a socket, as fast as the client reads. A web stream between them would cost more
 * than converting the events.
 */
export async function sendEvents(
  { chunks, ping }: EventSource,
  { status, headers }: Pick<Response, "status" | "headers">,
  outgoing: ServerResponse,
): Promise<void> {
  if (outgoing.destroyed) return chunks.cancel();
  const leave = (): void => {
    chunks.cancel().catch(() => undefined);
  };
  outgoing.once("close", leave);
  outgoing.writeHead(status, Object.fromEntries(headers));
  const pings = ping === undefined ? undefined : new Pings(ping, outgoing);
  try {
    for (;;) {
      const chunk = await chunks.next();
      if (chunk === undefined) break;
      pings?.noteChunk();
      if (!outgoing.write(chunk)) await drain(outgoing);
    }
    outgoing.end();
  } catch {
    // The client must not take a failed response for a complete one.
    outgoing.destroy();
  } finally {
    outgoing.off("close", leave);
    pings?.stop();
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

/** Sends a text while nothing else is sent. All waits share one timer. */
class Pings {
  readonly #ping: Ping;
  readonly #outgoing: ServerResponse;
  #timer: NodeJS.Timeout;
  #sentAt = performance.now();

  constructor(ping: Ping, outgoing: ServerResponse) {
    this.#ping = ping;
    this.#outgoing = outgoing;
    this.#timer = setTimeout(() => this.#check(), ping.intervalMs);
  }

  noteChunk(): void {
    this.#sentAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    const { text, intervalMs } = this.#ping;
    const now = performance.now();
    const leftMs = this.#sentAt + intervalMs - now;
    // Timers fire up to a millisecond early.
    if (leftMs <= 1) {
      this.#sentAt = now;
      // A client that does not read gets no more.
      if (!this.#outgoing.writableNeedDrain) this.#outgoing.write(text);
    }
    this.#timer = setTimeout(() => this.#check(), leftMs <= 1 ? intervalMs : leftMs);
  }
}
