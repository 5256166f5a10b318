import type { EventSource } from "./event-chunks.ts";

const ENCODER = new TextEncoder();

/** The text of a streamed response as a web stream, which reads it as fast as it is read itself. */
export class EventBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Whether anything was read or cancelled. */
  isRead = false;

  constructor({ chunks, ping }: EventSource) {
    let timer: ReturnType<typeof setInterval> | undefined;
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          this.isRead = true;
          const write = (text: string): void => controller.enqueue(ENCODER.encode(text));
          timer = ping && setInterval(() => write(ping.text), ping.intervalMs);
          try {
            const chunk = await chunks.next();
            if (chunk === undefined) controller.close();
            else write(chunk);
          } finally {
            clearInterval(timer);
          }
        },
        cancel: () => {
          this.isRead = true;
          // The chunk that the stream waits for may come much later.
          clearInterval(timer);
          return chunks.cancel();
        },
      },
      { highWaterMark: 0 },
    );
  }
}
