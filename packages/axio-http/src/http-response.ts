/** The response to a request: a `Response` of `fetch`, or its like with less cost. */
export interface HttpResponse {
  readonly status: number;
  /** Whether the status is one of success, 200 to 299. */
  readonly ok: boolean;
  /** The URL of the request. Empty for a `Response` that a program created. */
  readonly url: string;
  readonly headers: Headers;
  /** The unread body. Read it or cancel it. `null`: there is none. */
  readonly body: HttpBody | null;
}

/** A response body, of which a `ReadableStream` of bytes is one. */
export interface HttpBody {
  getReader(): HttpBodyReader;
  /** Closes the connection if the body is not complete. */
  cancel(reason?: unknown): Promise<void>;
}

/** Reads a body in chunks. */
export interface HttpBodyReader {
  /** Returns the next chunk, without a promise if it has come already. */
  read(): Promise<HttpBodyChunk> | HttpBodyChunk;
  cancel(reason?: unknown): Promise<void>;
}

/** A chunk of a body, or its end. */
export type HttpBodyChunk =
  | { readonly done: false; readonly value: Uint8Array }
  | { readonly done: true; readonly value?: Uint8Array | undefined };
