import { AxioError } from "axio";
import { createParser } from "eventsource-parser";

/** The longest event that is taken, in characters. Beyond it the stream is broken, or worse, and memory is at stake. */
const MAX_EVENT_LENGTH = 128 * 1024 * 1024;

/** Turns the bytes of an event stream into the `data` of its events. */
export interface SseDecoder {
  /** Takes the next bytes, cut anywhere, and gives the data of each event that they complete. */
  push(chunk: Uint8Array): string[];
}

/**
 * Creates a decoder for one event stream, as WHATWG HTML §9.2.6 says: lines end in LF, CRLF or CR; a byte order mark at
 * the beginning is dropped; an event without its blank line at the end of the stream is not an event.
 * The time it takes grows with the number of bytes alone, however they are cut.
 *
 * `push` throws AxioError `protocol` where one event is longer than 128 Mi characters.
 */
export function createSseDecoder(): SseDecoder {
  const utf8 = new TextDecoder();
  let events: string[] = [];
  let endedInCr = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: (event) => {
      events.push(event.data);
    },
    onError: (error) => {
      // Fields that are unknown or malformed are ignored, as the standard says.
      if (error.type === "max-buffer-size-exceeded") {
        throw new AxioError("protocol", "The event stream holds an event of more than 128 Mi characters.", {
          cause: error,
        });
      }
    },
  });

  // The parser keeps a CR at the end of a chunk back until it has seen what follows, and so holds up a finished event,
  // and it looks for the LF of each CR through the whole chunk. With LF alone it does neither.
  function unifyLineEnds(text: string): string {
    const rest = endedInCr && text.startsWith("\n") ? text.slice(1) : text;
    if (text !== "") endedInCr = text.endsWith("\r");
    return rest.includes("\r") ? rest.replace(/\r\n?/g, "\n") : rest;
  }

  return {
    push(chunk) {
      events = [];
      const text = unifyLineEnds(utf8.decode(chunk, { stream: true }));
      if (text !== "") parser.feed(text);
      return events;
    },
  };
}
