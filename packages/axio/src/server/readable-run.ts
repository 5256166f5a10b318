import { AxioError } from "../errors.ts";
import type { RunEndEvent, StreamEvent } from "../events.ts";

/** Converts a run to the chunks of a stream. */
export interface RunEncoder<Chunk> {
  /** Returns the chunks before the first event. */
  start(): readonly Chunk[];
  /** Returns the chunks of an event. */
  encode(event: StreamEvent): readonly Chunk[];
  /** Returns the last chunks of a run that ended well. */
  end(end: RunEndEvent): readonly Chunk[];
  /**
   * Returns the last chunks of a run that failed or was aborted.
   *
   * @throws the error that the reader of the stream gets, if no chunk can say that the run failed.
   */
  fail(error: unknown): readonly Chunk[];
}

const BYTES = new TextEncoder();

/**
 * Returns an encoder of bytes. A stream that is piped through another one would abort its run too late.
 *
 * @param toText Returns the text of a chunk.
 * @param last The text after the last chunk. Default: none.
 */
export function encodeBytes<Chunk>(
  encoder: RunEncoder<Chunk>,
  toText: (chunk: Chunk) => string,
  last = "",
): RunEncoder<Uint8Array<ArrayBuffer>> {
  const bytesOf = (chunks: readonly Chunk[], after = "") => {
    const text = chunks.map(toText).join("") + after;
    return text === "" ? [] : [BYTES.encode(text)];
  };
  return {
    start: () => bytesOf(encoder.start()),
    encode: (event) => bytesOf(encoder.encode(event)),
    end: (end) => bytesOf(encoder.end(end), last),
    fail: (error) => bytesOf(encoder.fail(error), last),
  };
}

/**
 * Returns a run as a web stream. It runs as fast as the stream is read. Canceling the stream, as a server does when its client
 * leaves, aborts the run. So does an encoder that throws.
 *
 * @throws AxioError `invalid-argument` for a value that is not a stream of events.
 */
export function readableRun<Chunk>(
  run: AsyncIterable<StreamEvent>,
  encoder: RunEncoder<Chunk>,
): ReadableStream<Chunk> {
  if (typeof (run as AsyncIterable<StreamEvent> | undefined | null)?.[Symbol.asyncIterator] !== "function")
    throw new AxioError(
      "invalid-argument",
      "The run is not a stream of events. Pass what agent.runStream() returns.",
    );
  const events = run[Symbol.asyncIterator]();
  let isStarted = false;
  let end: RunEndEvent | undefined;
  const leave = async (): Promise<void> => {
    try {
      await events.return?.();
    } catch (error) {
      // The end of a run that was left while it waited.
      if (!AxioError.is(error, "aborted")) throw error;
    }
  };
  const next = async (): Promise<{ readonly chunks: readonly Chunk[]; readonly isLast: boolean }> => {
    try {
      if (!isStarted) {
        isStarted = true;
        const chunks = encoder.start();
        if (chunks.length > 0) return { chunks, isLast: false };
      }
      for (;;) {
        const { done, value } = await events.next();
        if (done === true) return { chunks: encoder.end(goodEnd(end)), isLast: true };
        if (value.type === "run-end") end = value;
        const chunks = encoder.encode(value);
        if (chunks.length > 0) return { chunks, isLast: false };
      }
    } catch (error) {
      try {
        return { chunks: encoder.fail(error), isLast: true };
      } finally {
        await leave();
      }
    }
  };
  return new ReadableStream<Chunk>(
    {
      async pull(controller) {
        const { chunks, isLast } = await next();
        for (const chunk of chunks) controller.enqueue(chunk);
        if (isLast) controller.close();
      },
      cancel: leave,
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  );
}

/** @throws AxioError if a run did not end well, although its iteration did not throw. */
function goodEnd(end: RunEndEvent | undefined): RunEndEvent {
  if (end?.reason === "aborted") throw new AxioError("aborted", "The run was aborted.");
  if (end !== undefined && end.reason !== "error") return end;
  throw new AxioError(
    "stream-truncated",
    "The run ended without its last event, or without its error. Pass all events of agent.runStream().",
  );
}
