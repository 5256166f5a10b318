import type { JsonObject, TransportEvent } from "axio";
import type { OpenedStream } from "axio/internal";
import { truncatedError } from "./read-all.ts";

/** Turns the events of a transport into those of another API. */
export interface EventEncoder {
  start(): readonly JsonObject[];
  encodeText(event: TransportEvent): string;
  fail(error: unknown): readonly JsonObject[];
}

/** The text of a streamed response, read chunk by chunk. An event is never split over two chunks. */
export interface EventChunks {
  /**
   * Returns the next chunk; `undefined` at the end. Call it again only when the chunk before has come.
   *
   * @throws AxioError the failure of the response, after the chunk that reports it, if the options say so.
   */
  next(): Promise<string | undefined>;
  /** Closes the request of the transport: the client has left. */
  cancel(): Promise<void>;
}

/** A text that is sent while nothing else is, so that proxies and clients keep the connection. */
export interface Ping {
  readonly text: string;
  readonly intervalMs: number;
}

/** A streamed response before it is a web response. */
export interface EventSource {
  readonly chunks: EventChunks;
  /** Default: none. */
  readonly ping?: Ping | undefined;
}

/** Options of {@link eventChunks}. */
export interface EventChunksOptions {
  /** Formats one event as a server-sent event. */
  readonly format: (event: JsonObject) => string;
  /** The text after the last event of a complete response. Default: none. */
  readonly trailer?: string | undefined;
  /** Runs before the last event of a complete response is sent. */
  readonly onComplete?: (() => void | Promise<void>) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Runs once, when all was read or the client has left. */
  readonly onEnd?: (() => void) | undefined;
  /** Makes `next` throw after the events that report a failure. Default: the response ends. */
  readonly failsBody?: boolean | undefined;
}

/**
 * Returns the text of a streamed response. It reads from the transport as fast as the client reads from it, and closes the
 * request when the client leaves.
 */
export function eventChunks(
  stream: OpenedStream,
  encoder: EventEncoder,
  options: EventChunksOptions,
): EventChunks {
  return new Chunks(stream, encoder, options);
}

class Chunks implements EventChunks {
  readonly #rest: OpenedStream["rest"];
  readonly #encoder: EventEncoder;
  readonly #options: EventChunksOptions;
  #first: readonly TransportEvent[] | undefined;
  /** The text that is encoded and not yet returned. */
  #text = "";
  #isComplete = false;
  /** Whether the response has come to its end. */
  #hasResponse = false;
  #failure: unknown;
  #hasEnded = false;

  constructor({ first, rest }: OpenedStream, encoder: EventEncoder, options: EventChunksOptions) {
    this.#first = first;
    this.#rest = rest;
    this.#encoder = encoder;
    this.#options = options;
  }

  async next(): Promise<string | undefined> {
    if (this.#hasEnded) {
      if (this.#failure !== undefined) throw this.#failure;
      return undefined;
    }
    try {
      // A batch without events for the client is not a chunk.
      while (this.#text === "") {
        const batch = this.#takeFirst() ?? (await this.#rest.next()).value;
        if (batch === undefined) {
          if (!this.#hasResponse) throw truncatedError();
          this.#end();
          return undefined;
        }
        this.#encode(batch);
      }
      if (this.#isComplete) await this.#complete();
    } catch (error) {
      await this.#fail(error);
    }
    const text = this.#text;
    this.#text = "";
    return text;
  }

  async cancel(): Promise<void> {
    this.#end();
    await this.#rest.return();
  }

  /** The first chunk begins the response too. */
  #takeFirst(): readonly TransportEvent[] | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    this.#first = undefined;
    this.#text = this.#format(this.#encoder.start());
    return first;
  }

  #encode(batch: readonly TransportEvent[]): void {
    for (const event of batch) {
      this.#text += this.#encoder.encodeText(event);
      if (event.type === "step-end") this.#isComplete = this.#hasResponse = true;
    }
  }

  async #complete(): Promise<void> {
    this.#isComplete = false;
    await this.#options.onComplete?.();
    this.#text += this.#options.trailer ?? "";
  }

  async #fail(error: unknown): Promise<void> {
    const { onError, failsBody = false } = this.#options;
    onError?.(error);
    this.#text += this.#format(this.#encoder.fail(error));
    if (failsBody) this.#failure = error;
    this.#end();
    await this.#rest.return().catch(() => undefined);
  }

  #format(events: readonly JsonObject[]): string {
    return events.map(this.#options.format).join("");
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.onEnd?.();
  }
}
