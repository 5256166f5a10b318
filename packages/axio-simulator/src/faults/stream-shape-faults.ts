import { isObject, type JsonObject } from "../json.ts";
import { eventFrame, type FaultPoint, type Frame, isTerminal, type WireEvent } from "../stream/frames.ts";
import { type Fault, insertFault, reshapeFault } from "./fault.ts";

/** Streams of an unusual shape. Unless the summary says otherwise, a client should read the response from them. */
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
  raw("garbage_json", "a data line that is not JSON", 'data: {"type":"response.output_text.del\n\n'),
  raw(
    "non_object_json",
    "data lines with JSON that is not an object",
    "data: null\n\ndata: 7\n\ndata: []\n\n",
  ),
  reshapeFault("done_marker", "a `[DONE]` line after the end", (frames) => [
    ...frames,
    { kind: "raw", text: "data: [DONE]\n\n" },
  ]),
  raw("ping_data", "data lines with `ping` instead of an event", "data: ping\n\n"),
  raw("empty_data", "events without data", "event: ping\ndata:\n\nevent: ping\n\n"),
  reshapeFault("empty_output", "response.completed with the output []", (frames) =>
    mapEvents(frames, (event) => [isTerminal(event) ? withResponse(event, { output: [] }) : event]),
  ),
  reshapeFault("never_closed", "no output_item.done and no output, only the ends of the parts", (frames) =>
    mapEvents(frames, (event) => unclosed(event, event.type.endsWith("output_item.done"))),
  ),
  reshapeFault("deltas_only", "no events that end an item or a part, and no output", (frames) =>
    mapEvents(frames, (event) => unclosed(event, event.type.endsWith(".done"))),
  ),
  reshapeFault("late_annotations", "annotations only in events of their own", (frames) =>
    mapEvents(frames, (event) =>
      event.type === "response.output_text.done"
        ? [annotationEvent(event), event]
        : [isTerminal(event) ? withResponse(event, { output: [] }) : event],
    ),
  ),
  reshapeFault("call_twice", "each tool call under two values of output_index", (frames) =>
    mapEvents(frames, (event) =>
      event.type === "response.output_item.done" && isCall(event["item"])
        ? [event, { ...event, output_index: Number(event["output_index"]) + 1 }]
        : [event],
    ),
  ),
  reshapeFault("call_cut_off", "a tool call that is in progress at the end of a cut response", (frames) =>
    mapEvents(frames, cutOff),
  ),
  reshapeFault("prefixed_names", "tool calls of `functions.<name>`", (frames) =>
    mapEvents(frames, (event) => {
      const item = event["item"];
      if (!isObject(item) || !isCall(item)) return [event];
      return [{ ...event, item: { ...item, name: `functions.${String(item["name"])}` } }];
    }),
  ),
  reshapeFault("no_usage", "response.completed without usage", (frames) =>
    mapEvents(frames, (event) => [isTerminal(event) ? withResponse(event, { usage: null }) : event]),
  ),
  reshapeFault("sparse_usage", "usage without its details", (frames) =>
    mapEvents(frames, (event) => [
      isTerminal(event)
        ? withResponse(event, { usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 } })
        : event,
    ]),
  ),
  reshapeFault("sparse_response", "response objects with only an id", (frames) =>
    mapEvents(frames, (event) => {
      const response = event["response"];
      return [isObject(response) ? { ...event, response: { id: response["id"] } } : event];
    }),
  ),
  reshapeFault("minimal", "only created, output_item.done and completed", (frames) =>
    mapEvents(frames, (event) =>
      ["response.created", "response.output_item.done", "response.completed"].includes(event.type)
        ? [event]
        : [],
    ),
  ),
  reshapeFault("no_deltas", "every event except the deltas", (frames) =>
    mapEvents(frames, (event) => (event.type.endsWith(".delta") ? [] : [event])),
  ),
  reshapeFault("no_created", "no response.created and no response.in_progress", (frames) =>
    mapEvents(frames, (event) => (/created|in_progress$/.test(event.type) ? [] : [event])),
  ),
  reshapeFault("no_added", "no output_item.added and no content_part.added", (frames) =>
    mapEvents(frames, (event) => (event.type.endsWith(".added") ? [] : [event])),
  ),
  reshapeFault("no_indexes", "no output_index, content_index and summary_index", (frames) =>
    mapEvents(frames, (event) => {
      const { output_index: _o, content_index: _c, summary_index: _s, ...rest } = event;
      return [rest];
    }),
  ),
  reshapeFault("no_item_ids", "items without ids", (frames) =>
    mapEvents(frames, (event) => {
      const item = event["item"];
      if (!isObject(item)) return [event];
      const { id: _, ...rest } = item;
      return [{ ...event, item: rest }];
    }),
  ),
  reshapeFault("duplicate_completed", "response.completed twice", (frames) =>
    mapEvents(frames, (event) => (isTerminal(event) ? [event, event] : [event])),
  ),
  reshapeFault("completed_then_stall", "response.completed, then the connection stays open", (frames) => [
    ...frames,
    { kind: "stall" },
  ]),
  reshapeFault("completed_then_reset", "response.completed, then the connection is reset", (frames) => [
    ...frames,
    // A reset discards what the client has received and not yet read, so the cut must come later.
    { kind: "wait", milliseconds: 100 },
    { kind: "reset" },
  ]),
  reshapeFault("done_event", "response.done instead of response.completed, as in early 2026", (frames) =>
    mapEvents(frames, (event) => [isTerminal(event) ? { ...event, type: "response.done" } : event]),
  ),
  reshapeFault("interleaved", "items with interleaved events", interleave),
  reshapeFault("malformed_arguments", "a tool call with arguments that are not JSON", (frames) =>
    mapEvents(frames, (event) => [replaceArguments(event, '{"path": "READ')]),
  ),
  reshapeFault("empty_arguments", "a tool call with empty arguments", (frames) =>
    mapEvents(frames, (event) => [replaceArguments(event, "")]),
  ),
  reshapeFault("duplicate_call_ids", "the same call_id for all tool calls of the response", (frames) =>
    mapEvents(frames, (event) => {
      const item = event["item"];
      if (!isObject(item) || !("call_id" in item)) return [event];
      return [{ ...event, item: { ...item, call_id: "call_same" } }];
    }),
  ),
  reshapeFault("huge_event", "an event of a megabyte", (frames) => [
    ...frames.slice(0, 2),
    eventFrame({ type: "response.hologram", padding: "x".repeat(1_000_000) }),
    ...frames.slice(2),
  ]),
];

function inserted(name: string, summary: string, at: FaultPoint, events: readonly WireEvent[]): Fault {
  return insertFault(name, summary, at, () => events.map(eventFrame));
}

function raw(name: string, summary: string, text: string): Fault {
  return insertFault(name, summary, "text", () => [{ kind: "raw", text }]);
}

function mapEvents(frames: readonly Frame[], map: (event: WireEvent) => readonly WireEvent[]): Frame[] {
  return frames.flatMap((frame) => (frame.kind === "event" ? map(frame.event).map(eventFrame) : [frame]));
}

function withResponse(event: WireEvent, members: JsonObject): WireEvent {
  return { ...event, response: { ...(event["response"] as JsonObject), ...members } };
}

function unclosed(event: WireEvent, isDropped: boolean): readonly WireEvent[] {
  if (isTerminal(event)) return [withResponse(event, { output: [] })];
  return isDropped ? [] : [event];
}

function annotationEvent({ output_index, content_index, item_id }: WireEvent): WireEvent {
  const annotation = {
    type: "url_citation",
    url: "https://example.com/",
    title: "Example",
    start_index: 0,
    end_index: 1,
  };
  const type = "response.output_text.annotation.added";
  return { type, output_index, content_index, item_id, annotation_index: 0, annotation };
}

function isCall(item: unknown): boolean {
  return isObject(item) && (item["type"] === "function_call" || item["type"] === "custom_tool_call");
}

function cutOff(event: WireEvent): readonly WireEvent[] {
  const item = event["item"];
  if (isTerminal(event)) {
    const incomplete_details = { reason: "max_output_tokens" };
    const response = { status: "incomplete", incomplete_details, output: [] };
    return [{ ...withResponse(event, response), type: "response.incomplete" }];
  }
  return [isObject(item) && isCall(item) ? { ...event, item: { ...item, status: "in_progress" } } : event];
}

function replaceArguments(event: WireEvent, text: string): WireEvent {
  if (event.type === "response.function_call_arguments.delta") return { ...event, delta: text };
  if (event.type === "response.function_call_arguments.done") return { ...event, arguments: text };
  const item = event["item"];
  if (event.type !== "response.output_item.done" || !isObject(item) || item["type"] !== "function_call")
    return event;
  return { ...event, item: { ...item, arguments: text } };
}

/** Interleaves the events of the items, each item in its own order. */
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
