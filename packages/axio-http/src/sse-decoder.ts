import { AxioError } from "axio";

/** The longest event that is taken, in characters. Beyond it the stream is broken, or worse, and memory is at stake. */
const MAX_EVENT_LENGTH = 128 * 1024 * 1024;

const LINE_FEED = 10;
const SPACE = 32;
const CARRIAGE_RETURN = 13;

/** Turns the bytes of an event stream into the `data` of its events. */
export interface SseDecoder {
  /** Takes the next bytes, cut anywhere, and gives the data of each event that they complete. */
  push(chunk: Uint8Array): string[];
}

/**
 * Creates a decoder for one event stream, as WHATWG HTML §9.2.6 says: lines end in LF, CRLF or CR; a byte order mark at
 * the beginning is dropped; an event without its blank line at the end of the stream is not an event. Fields other than
 * `data` are of no use here and are passed over.
 * The time it takes grows with the number of bytes alone, however they are cut.
 *
 * `push` throws AxioError `protocol` where one event is longer than 128 Mi characters.
 */
export function createSseDecoder(): SseDecoder {
  const utf8 = new TextDecoder();
  /** The beginning of a line whose end has not come: in parts, since joining at each chunk would cost its length again. */
  let begun: string[] = [];
  /** The data lines of the event under way. */
  let data: string | undefined;
  /** The characters of the event under way, the begun line included. */
  let length = 0;
  /** The last chunk ended in CR: a LF that comes first belongs to it. */
  let endedInCr = false;

  function grow(by: number): void {
    length += by;
    if (length > MAX_EVENT_LENGTH) {
      throw new AxioError("protocol", "The event stream holds an event of more than 128 Mi characters.");
    }
  }

  function takeValue(value: string): void {
    data = data === undefined ? value : `${data}\n${value}`;
    grow(value.length);
  }

  // One loop with everything in it: it runs for every line of every stream, mostly before it is compiled.
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

  /** Completes the line that was begun before, if it ends here. Gives the place where the next one begins. */
  function completeBegun(text: string, start: number, events: string[]): number {
    if (begun.length === 0) return start;
    const end = firstLineEnd(text, start);
    if (end < 0) return start;
    begun.push(text.slice(start, end), "\n");
    const line = begun.join("");
    begun = [];
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
      const next = completeBegun(text, start, events);
      // Where the begun line goes on beyond this chunk there is no line to take.
      const rest = begun.length > 0 ? next : takeLines(text, next, events);
      if (rest < text.length) {
        begun.push(text.slice(rest));
        grow(text.length - rest);
      }
      return events;
    },
  };
}

/** Where the line ends that begins at a place: its CR or LF, or -1 where neither has come. */
function endOfLine(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === LINE_FEED || character === CARRIAGE_RETURN) return index;
  }
  return -1;
}

/** The same for one line of a chunk, however long: the engine's own search is quicker than a loop. */
function firstLineEnd(text: string, from: number): number {
  const lineFeed = text.indexOf("\n", from);
  const carriageReturn = text.indexOf("\r", from);
  if (lineFeed < 0 || carriageReturn < 0) return Math.max(lineFeed, carriageReturn);
  return Math.min(lineFeed, carriageReturn);
}
