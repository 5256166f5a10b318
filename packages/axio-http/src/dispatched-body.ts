import type { HttpBody, HttpBodyChunk, HttpBodyReader } from "./http-response.ts";

/** How many unread bytes are kept before the peer has to wait. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** Larger chunks are not joined: copying them would cost more than to read them one by one. */
const MAX_JOINED_BYTES = 4_000;

/** Controls the source of a body. */
export interface BodySource {
  /** Continues after {@link DispatchedBody.push} returned `false`. */
  resume(): void;
  /** Closes the connection. */
  abort(reason: Error): void;
}

/** A pending `read`. */
interface Reading {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A body whose chunks are pushed by a source. It has one reader, which is itself. */
export class DispatchedBody implements HttpBody, HttpBodyReader {
  readonly #source: BodySource;
  readonly #chunks: Uint8Array[] = [];
  #unreadBytes = 0;
  #isPaused = false;
  /** How the body ended. */
  #end: { readonly error?: unknown } | undefined;
  #reading: Reading | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  /** @returns Whether more may come. */
  push(chunk: Uint8Array): boolean {
    if (this.#end !== undefined || chunk.byteLength === 0) return true;
    this.#chunks.push(chunk);
    this.#unreadBytes += chunk.byteLength;
    // The reader continues when all that the socket has was pushed, and takes it at once.
    this.#reading?.resolve();
    this.#reading = undefined;
    this.#isPaused = this.#unreadBytes >= MAX_UNREAD_BYTES;
    return !this.#isPaused;
  }

  /** The body is complete, or with an `error` it broke. What came before can still be read. */
  end(end: { readonly error?: unknown } = {}): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const reading = this.#reading;
    this.#reading = undefined;
    if (reading === undefined) return;
    if ("error" in end) reading.reject(end.error);
    else reading.resolve();
  }

  getReader(): HttpBodyReader {
    return this;
  }

  read(): Promise<HttpBodyChunk> | HttpBodyChunk {
    if (this.#chunks.length > 0 || this.#end !== undefined) return this.#take();
    if (this.#reading !== undefined) throw new TypeError("Wait for the chunk of the earlier read() first.");
    return new Promise<void>((resolve, reject) => {
      this.#reading = { resolve, reject };
    }).then(() => this.#take());
  }

  /** Takes a chunk, joined with the next ones if they are small. */
  #take(): HttpBodyChunk {
    const [first] = this.#chunks;
    if (first === undefined) {
      if (this.#end !== undefined && "error" in this.#end) throw this.#end.error;
      return { done: true };
    }
    let size = first.byteLength;
    let count = 1;
    for (; count < this.#chunks.length; count += 1) {
      const joined = size + (this.#chunks[count]?.byteLength ?? 0);
      if (joined > MAX_JOINED_BYTES) break;
      size = joined;
    }
    const taken = this.#chunks.splice(0, count);
    this.#unreadBytes -= size;
    if (this.#isPaused && this.#unreadBytes < MAX_UNREAD_BYTES) {
      this.#isPaused = false;
      this.#source.resume();
    }
    return { done: false, value: count === 1 ? first : Buffer.concat(taken, size) };
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#chunks.length = 0;
    this.#unreadBytes = 0;
    if (this.#end !== undefined) return;
    this.end();
    this.#source.abort(reason instanceof Error ? reason : new Error("The body was canceled."));
  }
}
