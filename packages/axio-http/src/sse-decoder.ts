import { AxioError } from "axio";

/** The longest event, in characters. A longer one would fill the memory. */
const MAX_EVENT_LENGTH = 64 * 1024 * 1024;

/** The cost of a line, or of a part of a line, in addition to its characters, so that empty ones cannot fill the memory either. */
const LINE_COST = 64;

const LINE_FEED = 10;
const SPACE = 32;
const CARRIAGE_RETURN = 13;

/** Decodes the bytes of an event stream to the `data` of its events. */
export interface SseDecoder {
  /** Decodes the next bytes, cut anywhere, and returns the data of each event that they complete. */
  push(chunk: Uint8Array): string[];
}

/**
 * Creates a decoder for one event stream (WHATWG HTML §9.2.6): lines end in LF, CRLF or CR; a byte order mark at the
 * beginning is dropped; an event without its blank line at the end of the stream is no event. Fields other than `data` are
 * ignored. The time is linear in the number of bytes, however they are cut.
 *
 * `push` throws AxioError `protocol` if an event is longer than 64 Mi characters. Each line counts as 64 more.
 */
export function createSseDecoder(): SseDecoder {
  const utf8 = new TextDecoder();
  /** The parts of an incomplete line. Joining them with each chunk would cost their length each time. */
  let partial: string[] = [];
  /** The length of the parts. */
  let partialLength = 0;
  /** The data lines of the current event. */
  let data: string | undefined;
  /** The length of the current event, the partial line included. */
  let length = 0;
  /** Whether the last chunk ended in CR: a LF at the beginning of the next one belongs to it. */
  let endedInCr = false;

  function grow(by: number): void {
    length += by;
    if (length > MAX_EVENT_LENGTH) {
      throw new AxioError(
        "protocol",
        "The event stream contains an event of more than 64 Mi characters. Check the base URL.",
      );
    }
  }

  function takeValue(value: string): void {
    data = data === undefined ? value : `${data}\n${value}`;
    grow(value.length + LINE_COST);
  }

  // A single loop: it runs for every line of every stream, mostly before it is compiled.
  function takeLines(text: string, start: number, events: string[]): number {
    const hasCr = text.includes("\r");
    let from = start;
    for (;;) {
      const end = hasCr ? endOfLine(text, from) : text.indexOf("\n", from);
      if (end < 0) return from;
      if (end === from) {
        if (data !== undefined) events.push(data);
        data = undefined;
        length = 0;
      } else if (text.startsWith("data:", from)) {
        const value = text.charCodeAt(from + 5) === SPACE ? from + 6 : from + 5;
        takeValue(text.slice(value, end));
      } else if (end === from + 4 && text.startsWith("data", from)) {
        takeValue("");
      }
      from = hasCr && text.startsWith("\r\n", end) ? end + 2 : end + 1;
    }
  }

  /** Completes the partial line if it ends here. Returns where the next line begins. */
  function completePartial(text: string, start: number, events: string[]): number {
    if (partial.length === 0) return start;
    const end = firstLineEnd(text, start);
    if (end < 0) return start;
    partial.push(text.slice(start, end), "\n");
    const line = partial.join("");
    partial = [];
    // The line counts once, now that it is complete.
    length -= partialLength;
    partialLength = 0;
    takeLines(line, 0, events);
    return text.startsWith("\r\n", end) ? end + 2 : end + 1;
  }

  return {
    push(chunk) {
      const events: string[] = [];
      const text = utf8.decode(chunk, { stream: true });
      if (text === "") return events;
      const start = endedInCr && text.charCodeAt(0) === LINE_FEED ? 1 : 0;
      endedInCr = text.endsWith("\r");
      const next = completePartial(text, start, events);
      // If the partial line continues beyond this chunk, there is no complete line.
      const rest = partial.length > 0 ? next : takeLines(text, next, events);
      if (rest < text.length) {
        partial.push(text.slice(rest));
        partialLength += text.length - rest + LINE_COST;
        grow(text.length - rest + LINE_COST);
      }
      return events;
    },
  };
}

/** Returns the position of the next CR or LF, or -1. */
function endOfLine(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === LINE_FEED || character === CARRIAGE_RETURN) return index;
  }
  return -1;
}

/** The same for a single, possibly long line: the search of the engine is faster than a loop. */
function firstLineEnd(text: string, from: number): number {
  const lineFeed = text.indexOf("\n", from);
  const carriageReturn = text.indexOf("\r", from);
  if (lineFeed < 0 || carriageReturn < 0) return Math.max(lineFeed, carriageReturn);
  return Math.min(lineFeed, carriageReturn);
}
