import type { JsonObject } from "../json.ts";
import type { DataFrame, WireEvent } from "./frames.ts";

/** The encoding of events. The event stream format of the HTML standard allows every variant. */
export interface Framing {
  readonly lineEnding: "\n" | "\r\n" | "\r";
  /** Whether the `event:` line is sent. */
  readonly eventLine: boolean;
  /** Whether the stream begins with a byte order mark. */
  readonly byteOrderMark: boolean;
  /** Whether a space follows the colon. */
  readonly space: boolean;
  /** Whether the JSON spans several `data:` lines. */
  readonly multiline: boolean;
  /** Whether there are `id:` and `retry:` lines. */
  readonly extraFields: boolean;
  /** Whether a comment precedes each event. */
  readonly comments: boolean;
  /** Whether the last event lacks its blank line. */
  readonly unterminated: boolean;
  /** The unit of a write: an event, a byte, a few bytes across boundaries, or the whole stream. */
  readonly chunks: "event" | "bytes" | "uneven" | "whole";
}

export const PLAIN_FRAMING: Framing = {
  lineEnding: "\n",
  eventLine: true,
  byteOrderMark: false,
  space: true,
  multiline: false,
  extraFields: false,
  comments: false,
  unterminated: false,
  chunks: "event",
};

/** Encodes one event. */
export function encodeEvent(event: WireEvent, framing: Framing): string {
  return encodeLines(event.type, event, String(event["sequence_number"]), framing);
}

/** Encodes one event of a wire that does not number its events. */
export function encodeData({ name, data }: DataFrame, framing: Framing): string {
  return encodeLines(name, data, "0", framing);
}

function encodeLines(name: string | undefined, data: JsonObject, id: string, framing: Framing): string {
  const gap = framing.space ? " " : "";
  const json = framing.multiline ? JSON.stringify(data, null, 1) : JSON.stringify(data);
  const lines = [
    ...(framing.comments ? [": keep-alive"] : []),
    ...(framing.extraFields ? [`id:${gap}${id}`, `retry:${gap}3000`] : []),
    ...(framing.eventLine && name !== undefined ? [`event:${gap}${name}`] : []),
    ...json.split("\n").map((line) => `data:${gap}${line}`),
  ];
  return `${lines.join(framing.lineEnding)}${framing.lineEnding}${framing.lineEnding}`;
}

/** Splits the bytes of one write into chunks. */
export function cutBytes(bytes: Buffer, chunks: Framing["chunks"]): Buffer[] {
  if (chunks === "event" || chunks === "whole") return [bytes];
  const pieces: Buffer[] = [];
  const sizes = chunks === "bytes" ? [1] : [1, 2, 3, 5, 7, 11];
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
}
