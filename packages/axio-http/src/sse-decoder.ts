import { AxioError } from "axio";

/** The longest event that is taken, in characters. Beyond it the stream is broken, or worse, and memory is at stake. */
const MAX_EVENT_LENGTH = 128 * 1024 * 1024;

const LINE_FEED = 10;
const COLON = 58;
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
  return new Decoder();
}

class Decoder implements SseDecoder {
  readonly #utf8 = new TextDecoder();
  /** The beginning of a line whose end has not come: as it came, since joining at each chunk would cost its length again. */
  #begun: string[] = [];
  /** The data lines of the event under way. */
  #data: string | undefined;
  /** The characters of the event under way, the begun line included. */
  #length = 0;
  /** The last chunk ended in CR: a LF that comes first belongs to it. */
  #endedInCr = false;

  push(chunk: Uint8Array): string[] {
    const text = this.#utf8.decode(chunk, { stream: true });
    const events: string[] = [];
    if (text === "") return events;
    let from = this.#endedInCr && text.charCodeAt(0) === LINE_FEED ? 1 : 0;
    this.#endedInCr = text.endsWith("\r");
    const hasCr = text.includes("\r");
    for (;;) {
      const end = hasCr ? endOfLine(text, from) : text.indexOf("\n", from);
      if (end < 0) break;
      this.#line(text, from, end, events);
      from = hasCr && text.startsWith("\r\n", end) ? end + 2 : end + 1;
    }
    if (from < text.length) this.#begin(text.slice(from));
    return events;
  }

  /** Takes the line between two places; what came of it before is put in front. */
  #line(text: string, from: number, end: number, events: string[]): void {
    if (this.#begun.length > 0) {
      const line = this.#begun.join("") + text.slice(from, end);
      this.#begun = [];
      this.#wholeLine(line, 0, line.length, events);
    } else {
      this.#wholeLine(text, from, end, events);
    }
  }

  #wholeLine(text: string, from: number, end: number, events: string[]): void {
    if (from === end) {
      if (this.#data !== undefined) events.push(this.#data);
      this.#data = undefined;
      this.#length = 0;
    } else if (text.startsWith("data", from)) {
      this.#field(text, from + 4, end);
    }
  }

  /** Takes the rest of a line that begins with `data`: the field of that name, or one whose name only begins so. */
  #field(text: string, from: number, end: number): void {
    // A line of four characters is the field with an empty value.
    const isField = from === end || text.charCodeAt(from) === COLON;
    if (!isField) return;
    const start = text.charCodeAt(from + 1) === SPACE && from + 1 < end ? from + 2 : from + 1;
    const value = start < end ? text.slice(start, end) : "";
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    this.#grow(value.length);
  }

  #begin(part: string): void {
    this.#begun.push(part);
    this.#grow(part.length);
  }

  #grow(length: number): void {
    this.#length += length;
    if (this.#length > MAX_EVENT_LENGTH) {
      throw new AxioError("protocol", "The event stream holds an event of more than 128 Mi characters.");
    }
  }
}

/** Where the line ends that begins at a place: its CR or LF, or -1 where neither has come. */
function endOfLine(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === LINE_FEED || character === CARRIAGE_RETURN) return index;
  }
  return -1;
}
