import type { Framing } from "../stream/framing.ts";
import type { Fault } from "./fault.ts";

/** Framings that the event stream format allows. A client must read all of them. */
export const FRAMING_FAULTS: readonly Fault<unknown>[] = [
  framed("crlf", "lines end with CR LF", { lineEnding: "\r\n" }),
  framed("cr", "lines end with CR alone", { lineEnding: "\r" }),
  framed("byte_order_mark", "the stream begins with a byte order mark", { byteOrderMark: true }),
  framed("no_event_line", "data lines only", { eventLine: false }),
  framed("no_space", "no space after the colon", { space: false }),
  framed("multiline_data", "JSON over several data lines", { multiline: true }),
  framed("extra_fields", "id and retry lines", { extraFields: true }),
  framed("comments", "a comment before each event", { comments: true }),
  framed("unterminated", "no blank line after the last event", { unterminated: true }),
  framed("byte_by_byte", "one byte per write", { chunks: "bytes" }),
  framed("uneven_chunks", "writes that end inside characters, lines and CR LF pairs", {
    chunks: "uneven",
    lineEnding: "\r\n",
  }),
  framed("one_chunk", "the whole stream in one write", { chunks: "whole" }),
];

function framed(name: string, summary: string, framing: Partial<Framing>): Fault<unknown> {
  return { name, summary, effect: { kind: "framing", framing } };
}
