import { type AxioError, abortedError } from "axio";
import type { HttpBodyReader, HttpResponse } from "./http-response.ts";

/** A response body that is being read. */
export interface OpenBody {
  /**
   * The stream's own reader, so that a chunk costs one promise. Check `failure` after each `read`, and if it throws: a body
   * that failed looks like one that is done.
   */
  readonly reader: HttpBodyReader;
  /** Why the body was ended, if `fail` or the signal ended it. */
  readonly failure: AxioError | undefined;
  /** Ends the body: a pending `read` returns at once, and the socket closes. */
  fail(error: AxioError): void;
  /**
   * Releases the body. Must always be called. What is unread is canceled, which closes the connection; with `finish`, a short
   * rest is read in the background, so that the connection can serve the next request.
   */
  close(finish?: boolean): void;
}

/** Opens a body for reading; `signal` ends it with `aborted`. A missing body counts as an empty one. */
export function openBody(response: HttpResponse, signal: AbortSignal | undefined): OpenBody {
  const reader: HttpBodyReader = (response.body ?? emptyStream()).getReader();
  let failure: AxioError | undefined;
  const cancel = (reason?: AxioError): void => {
    // Not awaited: a source may close slowly, and a broken one reports its error again.
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

/** The limits of the rest of a body, in milliseconds and in chunks. */
const REST_TIMEOUT_MS = 1_000;
const MAX_REST_CHUNKS = 16;

/** Reads the rest of a complete body. Gives up on one that goes on. */
async function readRest(reader: HttpBodyReader, cancel: () => void): Promise<void> {
  const timer = setTimeout(cancel, REST_TIMEOUT_MS);
  // This must not keep the process alive. Some runtimes have numbers for timers.
  if (typeof timer === "object") timer.unref();
  try {
    for (let chunks = 0; chunks < MAX_REST_CHUNKS; chunks += 1) {
      if ((await reader.read()).done) return;
    }
    cancel();
  } catch {
    // A connection that breaks now loses nothing.
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
