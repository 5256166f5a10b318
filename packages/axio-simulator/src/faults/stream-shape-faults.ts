import { isObject, type JsonObject } from "../json.ts";
import { eventFrame, type FaultPoint, type Frame, isTerminal, type WireEvent } from "../stream/frames.ts";
import type { Fault } from "./fault.ts";

/** Streams of an unusual shape. Unless the summary says otherwise, a client should get the answer from them. */
export const STREAM_SHAPE_FAULTS: readonly Fault[] = [
  inserted("keepalive", "keepalive events", "text", [{ type: "keepalive" }, { type: "codex.keepalive" }]),
  inserted("unknown_event", "an event of an unknown type", "text", [
    { type: "response.hologram.delta", delta: "?", output_index: 0 },
  ]),
  inserted("unknown_item", "an output item of an unknown type", "created", [
    { type: "response.output_item.added", output_index: 0, item: { id: "hg_1", type: "hologram" } },
    { type: "response.output_item.done", output_index: 0, item: { id: "hg_1", type: "hologram" } },
  ]),
  inserted("metadata_first", "codex.* and response.metadata events before response.created", "before", [
    {
      type: "codex.rate_limits",
      plan_type: "plus",
      rate_limits: {
        allowed: true,
        limit_reached: false,
        primary: { used_percent: 12, window_minutes: 300, reset_after_seconds: 9000, reset_at: 1795012345 },
        secondary: null,
      },
      code_review_rate_limits: null,
      additional_rate_limits: null,
      credits: { has_credits: false, unlimited: false, balance: null },
      promo: null,
    },
    { type: "codex.response.metadata", headers: { "x-models-etag": 'W/"sim"' } },
    { type: "response.metadata", metadata: { type: "safety_buffering" }, headers: {} },
  ]),
  raw("garbage_json", "a data line that is not JSON", "text", 'data: {"type":"response.output_text.del\n\n'),
  raw(
    "non_object_json",
    "data lines that are JSON but no objects",
    "text",
    "data: null\n\ndata: 7\n\ndata: []\n\n",
  ),
  raw("done_marker", "a `[DONE]` line after the end", "after-terminal", "data: [DONE]\n\n"),
  raw("empty_data", "events without data", "text", "event: ping\ndata:\n\nevent: ping\n\n"),
  reshaped("empty_output", "response.completed whose output is []", (frames) =>
    mapEvents(frames, (event) => [isTerminal(event) ? withResponse(event, { output: [] }) : event]),
  ),
  reshaped("no_usage", "response.completed without usage", (frames) =>
    mapEvents(frames, (event) => [isTerminal(event) ? withResponse(event, { usage: null }) : event]),
  ),
  reshaped("sparse_usage", "usage without its details", (frames) =>
    mapEvents(frames, (event) => [
      isTerminal(event)
        ? withResponse(event, { usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 } })
        : event,
    ]),
  ),
  reshaped("sparse_response", "response objects that hold an id and nothing else", (frames) =>
    mapEvents(frames, (event) => {
      const response = event["response"];
      return [isObject(response) ? { ...event, response: { id: response["id"] } } : event];
    }),
  ),
  reshaped("minimal", "only created, output_item.done and completed", (frames) =>
    mapEvents(frames, (event) =>
      ["response.created", "response.output_item.done", "response.completed"].includes(event.type)
        ? [event]
        : [],
    ),
  ),
  reshaped("no_deltas", "every event but the deltas", (frames) =>
    mapEvents(frames, (event) => (event.type.endsWith(".delta") ? [] : [event])),
  ),
  reshaped("no_created", "no response.created and no response.in_progress", (frames) =>
    mapEvents(frames, (event) => (/created|in_progress$/.test(event.type) ? [] : [event])),
  ),
  reshaped("no_added", "no output_item.added and no content_part.added", (frames) =>
    mapEvents(frames, (event) => (event.type.endsWith(".added") ? [] : [event])),
  ),
  reshaped("no_indexes", "no output_index, content_index and summary_index", (frames) =>
    mapEvents(frames, (event) => {
      const { output_index: _o, content_index: _c, summary_index: _s, ...rest } = event;
      return [rest];
    }),
  ),
  reshaped("no_item_ids", "items without ids", (frames) =>
    mapEvents(frames, (event) => {
      const item = event["item"];
      if (!isObject(item)) return [event];
      const { id: _, ...rest } = item;
      return [{ ...event, item: rest }];
    }),
  ),
  reshaped("duplicate_completed", "response.completed twice", (frames) =>
    mapEvents(frames, (event) => (isTerminal(event) ? [event, event] : [event])),
  ),
  reshaped("completed_then_stall", "response.completed, and then the connection stays open", (frames) => [
    ...frames,
    { kind: "stall" },
  ]),
  reshaped("completed_then_reset", "response.completed, and then the connection is cut", (frames) => [
    ...frames,
    // A reset throws away what the client's side has received and not yet read: the cut is to come after that.
    { kind: "wait", milliseconds: 100 },
    { kind: "reset" },
  ]),
  reshaped("done_event", "response.done in the place of response.completed, as early in 2026", (frames) =>
    mapEvents(frames, (event) => [isTerminal(event) ? { ...event, type: "response.done" } : event]),
  ),
  reshaped("interleaved", "items that run at the same time", interleave),
  reshaped("malformed_arguments", "a tool call whose arguments are not JSON", (frames) =>
    mapEvents(frames, (event) => [replaceArguments(event, '{"path": "READ')]),
  ),
  reshaped("empty_arguments", "a tool call whose arguments are the empty string", (frames) =>
    mapEvents(frames, (event) => [replaceArguments(event, "")]),
  ),
  reshaped("duplicate_call_ids", "all tool calls of the response have one call_id", (frames) =>
    mapEvents(frames, (event) => {
      const item = event["item"];
      if (!isObject(item) || !("call_id" in item)) return [event];
      return [{ ...event, item: { ...item, call_id: "call_same" } }];
    }),
  ),
  reshaped("huge_event", "an event of a megabyte", (frames) => [
    ...frames.slice(0, 2),
    eventFrame({ type: "response.hologram", padding: "x".repeat(1_000_000) }),
    ...frames.slice(2),
  ]),
];

function inserted(name: string, summary: string, at: FaultPoint, events: readonly WireEvent[]): Fault {
  return {
    name,
    summary,
    effect: {
      kind: "frames",
      at,
      apply: (frames, index) => [
        ...frames.slice(0, index),
        ...events.map(eventFrame),
        ...frames.slice(index),
      ],
    },
  };
}

function raw(name: string, summary: string, at: FaultPoint | "after-terminal", text: string): Fault {
  return {
    name,
    summary,
    effect: {
      kind: "frames",
      at: at === "after-terminal" ? "end" : at,
      apply: (frames, index) => {
        const place = at === "after-terminal" ? frames.length : index;
        return [...frames.slice(0, place), { kind: "raw", text }, ...frames.slice(place)];
      },
    },
  };
}

/** A fault that changes the stream as a whole. */
export function reshaped(
  name: string,
  summary: string,
  reshape: (frames: readonly Frame[]) => Frame[],
): Fault {
  return { name, summary, effect: { kind: "frames", at: "end", apply: reshape } };
}

function mapEvents(frames: readonly Frame[], map: (event: WireEvent) => readonly WireEvent[]): Frame[] {
  return frames.flatMap((frame) => (frame.kind === "event" ? map(frame.event).map(eventFrame) : [frame]));
}

function withResponse(event: WireEvent, members: JsonObject): WireEvent {
  return { ...event, response: { ...(event["response"] as JsonObject), ...members } };
}

function replaceArguments(event: WireEvent, text: string): WireEvent {
  if (event.type === "response.function_call_arguments.delta") return { ...event, delta: text };
  if (event.type === "response.function_call_arguments.done") return { ...event, arguments: text };
  const item = event["item"];
  if (event.type !== "response.output_item.done" || !isObject(item) || item["type"] !== "function_call")
    return event;
  return { ...event, item: { ...item, arguments: text } };
}

/** Deals the items' events out in turns, each item's own order kept. */
function interleave(frames: readonly Frame[]): Frame[] {
  const queues = new Map<unknown, Frame[]>();
  const opening: Frame[] = [];
  const closing: Frame[] = [];
  for (const frame of frames) {
    const index = frame.kind === "event" ? frame.event["output_index"] : undefined;
    if (index === undefined) (queues.size === 0 ? opening : closing).push(frame);
    else queues.set(index, [...(queues.get(index) ?? []), frame]);
  }
  const dealt: Frame[] = [];
  for (let turn = 0; dealt.length < frames.length - opening.length - closing.length; turn += 1) {
    for (const queue of queues.values()) dealt.push(...queue.slice(turn, turn + 1));
  }
  return [...opening, ...dealt, ...closing];
}
