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
  /**
   * Lets go of it. To be called when all is done, in every case. What is unread is cancelled, which costs the connection;
   * with `finish` a short rest is read first, in the background, so that the connection can serve the next request.
   */
  close(finish?: boolean): void;
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
    close(finish = false) {
      signal?.removeEventListener("abort", onAbort);
      if (finish && !failure) void readRest(reader, cancel);
      else cancel();
    },
  };
}

/** How long the rest of a body may take, in milliseconds, and how long it may be, in chunks. */
const REST_TIMEOUT_MS = 1_000;
const REST_CHUNKS = 16;

/** Reads what is left of a body that has said all it had to say; gives up on one that goes on. */
async function readRest(reader: Reader, cancel: () => void): Promise<void> {
  const timer = setTimeout(cancel, REST_TIMEOUT_MS);
  // Nobody waits for this: it must not keep the process alive. Runtimes other than Node have numbers for timers.
  if (typeof timer === "object") timer.unref();
  try {
    for (let chunks = 0; chunks < REST_CHUNKS; chunks += 1) {
      if ((await reader.read()).done) return;
    }
    cancel();
  } catch {
    // A connection that breaks now took nothing with it.
  } finally {
    clearTimeout(timer);
  }
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.close();
    },
  });
}
