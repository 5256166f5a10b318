import type { Reply } from "../http/reply.ts";
import type { Frame } from "../stream/frames.ts";
import { type Fault, type FaultParameters, numberParameter } from "./fault.ts";

/** Faults of the connection and of the body as a whole. */
export const CONNECTION_FAULTS: readonly Fault[] = [
  reply("reset_before_headers", "the connection is cut before any answer", () => ({ kind: "reset" })),
  reply("close_before_headers", "the connection is closed in order before any answer", () => ({
    kind: "close",
  })),
  reply("stall_before_headers", "no answer ever comes", () => ({ kind: "stall" })),
  reply("empty_stream", "200 event stream without a byte", () => body("text/event-stream", "")),
  reply("html_page", "200 HTML, as a captive portal answers", () =>
    body("text/html", "<html><body>Please sign in to the network</body></html>"),
  ),
  reply("json_body", "200 JSON instead of an event stream", () =>
    body(
      "application/json",
      JSON.stringify({ id: "resp_sim", object: "response", status: "completed", output: [] }),
    ),
  ),
  reply("json_error_body", "200 JSON that holds an error", () =>
    body(
      "application/json",
      JSON.stringify({
        error: { message: "Something went wrong.", type: "server_error", code: "server_error" },
      }),
    ),
  ),
  reply("no_content", "204 without a body", () => ({ kind: "plain", status: 204, headers: {}, body: "" })),
  reply("truncated_body", "a body shorter than Content-Length says", () => ({
    ...body("application/json", JSON.stringify({ models: [], padding: "x".repeat(200) })),
    truncated: true,
  })),
  cut("eof", "the body ends in order before the terminal event", { kind: "end" }),
  cut("reset", "the connection is cut in the middle of the stream", { kind: "reset" }),
  {
    name: "close",
    summary: "a WebSocket is closed with a code, and a body ends in order; code=1011, reason=",
    effect: {
      kind: "frames",
      at: "text",
      apply: (frames, index, _context, parameters) => [
        ...frames.slice(0, index),
        {
          kind: "close",
          code: numberParameter(parameters, "code", 1011),
          reason: parameters["reason"] ?? "",
        },
      ],
    },
  },
  {
    name: "binary_message",
    summary: "a WebSocket has a message of bytes",
    effect: {
      kind: "frames",
      at: "text",
      apply: (frames, index) => [...frames.slice(0, index), { kind: "binary" }, ...frames.slice(index)],
    },
  },
  cut("stall", "nothing more is sent, the connection stays open", { kind: "stall" }),
  {
    name: "eof_inside_event",
    summary: "the body ends in the middle of an event",
    effect: {
      kind: "frames",
      at: "text",
      apply: (frames, index) => [
        ...frames.slice(0, index),
        { kind: "raw", text: 'event: response.output_text.delta\ndata: {"type":"response.output_text.de' },
        { kind: "end" },
      ],
    },
  },
  {
    name: "delay",
    summary: "the stream pauses; ms=200",
    effect: {
      kind: "frames",
      at: "created",
      apply: (frames, index, _context, parameters) => [
        ...frames.slice(0, index),
        { kind: "wait", milliseconds: numberParameter(parameters, "ms", 200) },
        ...frames.slice(index),
      ],
    },
  },
];

function reply(name: string, summary: string, make: (parameters: FaultParameters) => Reply): Fault {
  return { name, summary, effect: { kind: "reply", reply: make } };
}

function cut(name: string, summary: string, end: Frame): Fault {
  return {
    name,
    summary,
    effect: { kind: "frames", at: "text", apply: (frames, index) => [...frames.slice(0, index), end] },
  };
}

function body(type: string, text: string): Reply & { kind: "plain" } {
  return { kind: "plain", status: 200, headers: { "content-type": type }, body: text };
}
