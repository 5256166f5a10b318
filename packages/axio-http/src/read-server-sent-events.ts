import { AxioError } from "axio";
import { watchIdleness } from "./idle-watch.ts";
import { isBodyTimeout, networkError } from "./network-error.ts";
import { type OpenBody, openBody } from "./open-body.ts";
import { redactUrl, responseUrl } from "./secure-url.ts";
import { createSseDecoder } from "./sse-decoder.ts";

/** How long a stream may be without an event where nothing else is said, in milliseconds. */
export const DEFAULT_IDLE_TIMEOUT_MS = 300_000;

/** Options of {@link readServerSentEvents}. */
export interface ReadServerSentEventsOptions {
  /** Ends the reading: the socket closes, and the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long to wait for an event with data, in milliseconds. Default 300,000; `Infinity` for ever. Comments and
   * half events do not count: a proxy that pings hides a server that hangs. The time that the caller takes does not either.
   * Node's `fetch` gives up by itself after 300 s without a single byte, and that is `stream-idle` as well.
   */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * Asked when the loop is left before the end of the body: whether all that matters has come. If so, the short rest is
   * read in the background and the connection is kept for the next request; otherwise the socket closes. Default: never.
   */
  readonly isComplete?: (() => boolean) | undefined;
}

/**
 * Reads a response as server-sent events. Each item holds the `data` of all events that one chunk of the network
 * completed, at least one. The end of the body is the end of the iteration: whether that was to be expected, the
 * caller knows. Leaving the loop closes the socket.
 *
 * @throws AxioError `stream-idle` and `network` (both retryable), `aborted`, `protocol` (an event beyond all bounds).
 */
export async function* readServerSentEvents(
  response: Response,
  options: ReadServerSentEventsOptions = {},
): AsyncGenerator<readonly string[], void, undefined> {
  const { signal, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = options;
  const body = openBody(response, signal);
  const watch = watchIdleness(idleTimeoutMs, () => body.fail(idleError(response, idleTimeoutMs)));
  const decoder = createSseDecoder();
  try {
    for (;;) {
      const { done, value } = await body.reader.read();
      if (body.failure) throw body.failure;
      if (done) return;
      const events = decoder.push(value);
      if (events.length === 0) continue;
      watch.pause();
      yield events;
      watch.resume();
      if (body.failure) throw body.failure;
    }
  } catch (error) {
    throw readError(error, body, response, idleTimeoutMs);
  } finally {
    watch.stop();
    body.close(options.isComplete?.() ?? false);
  }
}

function readError(error: unknown, body: OpenBody, response: Response, idleTimeoutMs: number): AxioError {
  if (body.failure) return body.failure;
  if (isBodyTimeout(error)) return idleError(response, idleTimeoutMs, error);
  return networkError(error, responseUrl(response));
}

function idleError(response: Response, idleTimeoutMs: number, cause?: unknown): AxioError {
  const { host } = new URL(responseUrl(response));
  const span = cause === undefined ? ` for ${idleTimeoutMs / 1000} s` : "";
  return new AxioError("stream-idle", `${host} kept the stream open but sent no event${span}.`, {
    cause,
    retryable: true,
    details: { status: response.status, url: redactUrl(responseUrl(response)) },
  });
}
