import { AxioError } from "axio";
import { createEventStream, type EventStream } from "./event-stream.ts";
import { isBodyTimeout } from "./failure-shape.ts";
import type { HttpResponse } from "./http-response.ts";
import { watchIdleness } from "./idle-watch.ts";
import { networkError, tooLongError } from "./network-error.ts";
import { type OpenBody, openBody } from "./open-body.ts";
import { redactUrl, responseUrl } from "./secure-url.ts";
import { createSseDecoder } from "./sse-decoder.ts";

/** The default of the `idleTimeoutMs` of a stream. */
export const DEFAULT_IDLE_TIMEOUT_MS = 300_000;

/** The default of `maxBytes`. */
const MAX_RESPONSE_BYTES = 256 * 1024 * 1024;

/** Options of {@link readServerSentEvents}. */
export interface ReadServerSentEventsOptions {
  /** Aborts the reading: the socket closes and the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The longest wait for an event with data, in milliseconds. Default: 300,000; `Infinity`: no limit. Comments and partial
   * events do not count, since a proxy that pings hides a server that hangs. Time that the caller takes does not count
   * either. Node's own `fetch` gives up after 300 s without a byte, which is also reported as `stream-idle`.
   */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * The longest response, in bytes after decompression, so that one that never ends cannot fill the memory. Default:
   * 268,435,456 (256 MiB).
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Reads a response as server-sent events. Each batch holds the `data` of the events that one chunk of the network
 * completed, at least one. A body that is JSON instead of events is one event. The iteration ends with the body; only the caller knows whether the response is complete then.
 * Leaving the loop closes the socket, except after `finish()`: then a short rest of the body is read in the background, and
 * the connection serves the next request.
 *
 * @throws AxioError `stream-idle` and `network` (both retryable), `aborted`, `protocol` (an event of more than 64 Mi characters,
 *   or a response of more than `maxBytes`).
 */
export function readServerSentEvents(
  response: HttpResponse,
  options: ReadServerSentEventsOptions = {},
): EventStream<string> {
  return createEventStream((isFinished) => readEvents(response, options, isFinished));
}

async function* readEvents(
  response: HttpResponse,
  {
    signal,
    idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS,
    maxBytes = MAX_RESPONSE_BYTES,
  }: ReadServerSentEventsOptions,
  isFinished: () => boolean,
): AsyncGenerator<readonly string[], void, undefined> {
  const body = openBody(response, signal);
  const watch = watchIdleness(idleTimeoutMs, () => body.fail(idleError(response, idleTimeoutMs)));
  const decoder = createSseDecoder();
  const beginning = new BodyBeginning();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await body.reader.read();
      if (body.failure) throw body.failure;
      bytes += value?.byteLength ?? 0;
      if (bytes > maxBytes) throw tooLongError(responseUrl(response), maxBytes);
      const events = done ? beginning.jsonBody() : decoder.push(value);
      if (events.length === 0) {
        if (done) return;
        beginning.add(value);
        continue;
      }
      beginning.close();
      watch.pause();
      yield events;
      if (done) return;
      watch.resume();
      if (body.failure) throw body.failure;
    }
  } catch (error) {
    throw readError(error, body, response, idleTimeoutMs);
  } finally {
    watch.stop();
    body.close(isFinished());
  }
}

/** How much of a body without events is kept, in characters. */
const MAX_BEGINNING_LENGTH = 64 * 1024;

/** The beginning of a body in which no event has come. Some servers send an error as plain JSON. */
class BodyBeginning {
  /** Created when it is needed: nearly every body begins with an event. */
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #text: string | undefined = "";

  add(chunk: Uint8Array): void {
    if (this.#text === undefined) return;
    this.#decoder ??= new TextDecoder();
    this.#text += this.#decoder.decode(chunk, { stream: true });
    if (this.#text.length > MAX_BEGINNING_LENGTH) this.close();
  }

  close(): void {
    this.#text = undefined;
  }

  /** Returns the whole body as one event if it is a JSON object. */
  jsonBody(): readonly string[] {
    const text = this.#text?.trim() ?? "";
    return text.startsWith("{") && text.endsWith("}") ? [text] : [];
  }
}

function readError(error: unknown, body: OpenBody, response: HttpResponse, idleTimeoutMs: number): AxioError {
  if (body.failure) return body.failure;
  if (isBodyTimeout(error)) return idleError(response, idleTimeoutMs, error);
  return networkError(error, responseUrl(response));
}

function idleError(response: HttpResponse, idleTimeoutMs: number, cause?: unknown): AxioError {
  const { host } = new URL(responseUrl(response));
  const duration = cause === undefined ? ` for ${idleTimeoutMs / 1000} s` : "";
  return new AxioError(
    "stream-idle",
    `${host} kept the stream open but sent no event${duration}. Try again.`,
    {
      cause,
      retryable: true,
      details: { status: response.status, url: redactUrl(responseUrl(response)) },
    },
  );
}
