import { type AxioError, abortedError } from "axio";

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** A response body that is being read, and that can be ended from outside. */
export interface OpenBody {
  /**
   * The stream's own reader, so that a chunk costs one promise. After each `read`, and where it throws,
   * `failure` comes first: a body that was ended from outside looks like one that is done.
   */
  readonly reader: Reader;
  /** Why the body was ended from outside, if it was. */
  readonly failure: AxioError | undefined;
  /** Ends it: a pending `read` returns at once, and the socket closes. */
  fail(error: AxioError): void;
  /** Lets go of it; what is unread is cancelled. To be called when all is done, in every case. */
  close(): void;
}

/** Opens a body for reading; `signal` ends it with `aborted`. A response without a body counts as an empty one. */
export function openBody(response: Response, signal: AbortSignal | undefined): OpenBody {
  const reader: Reader = (response.body ?? emptyStream()).getReader();
  let failure: AxioError | undefined;
  const cancel = (reason?: AxioError): void => {
    // Not awaited: a source may take its time to close, and one that is broken already says so here once more.
    reader.cancel(reason).catch(() => {});
  };
  const fail = (error: AxioError): void => {
    if (failure) return;
    failure = error;
    cancel(error);
  };
  const onAbort = (): void => {
    if (signal) fail(abortedError(signal));
  };
  if (signal?.aborted) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  return {
    reader,
    get failure() {
      return failure;
    },
    fail,
    close() {
      signal?.removeEventListener("abort", onAbort);
      cancel();
    },
  };
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.close();
    },
  });
}
