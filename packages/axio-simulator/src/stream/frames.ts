import type { JsonObject } from "../json.ts";

/** One event without its `sequence_number`, which is added when it is sent. */
export interface WireEvent extends JsonObject {
  readonly type: string;
}

/** One event of a wire that does not number its events. */
export interface DataFrame {
  readonly kind: "data";
  /** The value of the `event:` line. `undefined` means that the wire has none. */
  readonly name: string | undefined;
  readonly data: JsonObject;
  /** The place of a fault that this event stands for: faults there follow it, except at `end`, where they precede it. */
  readonly point?: FaultPoint | undefined;
}

/** One step of a stream. Faults are functions from frames to frames. */
export type Frame =
  | { readonly kind: "event"; readonly event: WireEvent }
  | DataFrame
  /** Text that is sent unchanged, outside the framing of events. */
  | { readonly kind: "raw"; readonly text: string }
  | { readonly kind: "wait"; readonly milliseconds: number }
  /** A binary message on a WebSocket. */
  | { readonly kind: "binary" }
  /** Closes a WebSocket with this code, and ends a body. */
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  /** Ends the body. */
  | { readonly kind: "end" }
  /** Resets the connection. */
  | { readonly kind: "reset" }
  /** Sends nothing more and leaves the connection open. */
  | { readonly kind: "stall" };

/** Every place of a fault, in the order of a stream. */
export const FAULT_POINTS = [
  "before",
  "created",
  "reasoning",
  "text",
  "arguments",
  "after-text",
  "after-call",
  "end",
] as const;

/** The place of a fault in a stream. */
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** The index of a fault at `point`. If the stream lacks that point, it is `end`: just before the terminal event. */
export function indexOfPoint(frames: readonly Frame[], point: FaultPoint): number {
  const terminal = frames.findIndex((frame) => isEvent(frame, isTerminal) || isAt(frame, "end"));
  const end = terminal === -1 ? frames.length : terminal;
  if (point === "before") return 0;
  if (point === "end") return end;
  const found = frames.findIndex((frame) => isEvent(frame, MATCHERS[point]) || isAt(frame, point));
  return found === -1 ? end : found + 1;
}

const MATCHERS: Record<Exclude<FaultPoint, "before" | "end">, (event: WireEvent) => boolean> = {
  created: ({ type }) => type === "response.in_progress",
  reasoning: ({ type }) => type === "response.reasoning_summary_text.delta",
  text: ({ type }) => type === "response.output_text.delta",
  arguments: ({ type }) =>
    type === "response.function_call_arguments.delta" || type === "response.custom_tool_call_input.delta",
  "after-text": (event) => isItemDone(event, ["message"]),
  "after-call": (event) => isItemDone(event, ["function_call", "custom_tool_call"]),
};

function isItemDone(event: WireEvent, types: readonly string[]): boolean {
  const item = event["item"] as JsonObject | undefined;
  return event.type === "response.output_item.done" && types.includes(String(item?.["type"]));
}

/** The events that end a response. */
export function isTerminal(event: WireEvent): boolean {
  return (
    event.type === "response.completed" ||
    event.type === "response.failed" ||
    event.type === "response.incomplete"
  );
}

function isEvent(frame: Frame, test: (event: WireEvent) => boolean): boolean {
  return frame.kind === "event" && test(frame.event);
}

function isAt(frame: Frame, point: FaultPoint): boolean {
  return frame.kind === "data" && frame.point === point;
}

export function eventFrame(event: WireEvent): Frame {
  return { kind: "event", event };
}

/** Numbers the events. */
export function numberEvents(frames: readonly Frame[]): Frame[] {
  let next = 0;
  return frames.map((frame) => {
    if (frame.kind !== "event" || "sequence_number" in frame.event) return frame;
    const numbered = eventFrame({ ...frame.event, sequence_number: next });
    next += 1;
    return numbered;
  });
}
