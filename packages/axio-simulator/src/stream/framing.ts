import type { WireEvent } from "./frames.ts";

/** How events become bytes. Every variant is allowed by the event stream format of the HTML standard. */
export interface Framing {
  readonly lineEnding: "\n" | "\r\n" | "\r";
  /** Whether the `event:` line is sent. */
  readonly eventLine: boolean;
  /** The byte order mark a stream may begin with. */
  readonly byteOrderMark: boolean;
  /** The space after `data:`. */
  readonly space: boolean;
  /** Spreads the JSON over several `data:` lines. */
  readonly multiline: boolean;
  /** Adds `id:` and `retry:` lines. */
  readonly extraFields: boolean;
  /** A comment line before each event. */
  readonly comments: boolean;
  /** The last event's closing blank line is left out. */
  readonly unterminated: boolean;
  /** `event`: one write an event; `bytes`: one a byte; `uneven`: pieces that ignore every boundary; `whole`: all at once. */
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

/** One event as text of an event stream. */
export function encodeEvent(event: WireEvent, framing: Framing): string {
  const gap = framing.space ? " " : "";
  const json = framing.multiline ? JSON.stringify(event, null, 1) : JSON.stringify(event);
  const lines = [
    ...(framing.comments ? [": keep-alive"] : []),
    ...(framing.extraFields ? [`id:${gap}${String(event["sequence_number"])}`, `retry:${gap}3000`] : []),
    ...(framing.eventLine ? [`event:${gap}${event.type}`] : []),
    ...json.split("\n").map((line) => `data:${gap}${line}`),
  ];
  return `${lines.join(framing.lineEnding)}${framing.lineEnding}${framing.lineEnding}`;
}

/** Cuts the bytes of one write into the pieces to be sent one by one. */
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
