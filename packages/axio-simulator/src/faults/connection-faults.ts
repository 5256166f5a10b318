import type { Reply } from "../http/reply.ts";
import { endFault, type Fault, insertFault, numberParameter, replyFault } from "./fault.ts";

/** Faults of the connection and of the whole body that every wire has. */
export const CONNECTION_FAULTS: readonly Fault<unknown>[] = [
  replyFault("reset_before_headers", "the connection is reset before the response", () => ({
    kind: "reset",
  })),
  replyFault("close_before_headers", "the connection is closed before the response", () => ({
    kind: "close",
  })),
  replyFault("stall_before_headers", "there is no response", () => ({ kind: "stall" })),
  replyFault("empty_stream", "200 event stream without a byte", () => body("text/event-stream", "")),
  replyFault("html_page", "200 HTML of a captive portal", () =>
    body("text/html", "<html><body>Please sign in to the network</body></html>"),
  ),
  replyFault("json_error_body", "200 JSON with an error", () =>
    body(
      "application/json",
      JSON.stringify({
        error: { message: "Something went wrong.", type: "server_error", code: "server_error" },
      }),
    ),
  ),
  replyFault("no_content", "204 without a body", () => ({
    kind: "plain",
    status: 204,
    headers: {},
    body: "",
  })),
  replyFault("truncated_body", "a body shorter than its Content-Length", () => ({
    ...body("application/json", JSON.stringify({ models: [], padding: "x".repeat(200) })),
    truncated: true,
  })),
  endFault("eof", "the body ends before the terminal event", "text", () => [{ kind: "end" }]),
  endFault("reset", "the connection is reset in the middle of the stream", "text", () => [{ kind: "reset" }]),
  endFault(
    "close",
    "a WebSocket is closed with a code, and a body ends; code=1011, reason=",
    "text",
    (parameters) => [
      {
        kind: "close",
        code: numberParameter(parameters, "code", 1011),
        reason: parameters["reason"] ?? "",
      },
    ],
  ),
  endFault("stall", "nothing more is sent and the connection stays open", "text", () => [{ kind: "stall" }]),
  insertFault("binary_message", "a binary message on a WebSocket", "text", () => [{ kind: "binary" }]),
  insertFault("delay", "the stream pauses; ms=200", "created", (parameters) => [
    { kind: "wait", milliseconds: numberParameter(parameters, "ms", 200) },
  ]),
];

/** Faults of the body that are particular to the Responses API. */
export const RESPONSES_BODY_FAULTS: readonly Fault<unknown>[] = [
  replyFault("json_body", "200 JSON instead of an event stream", () =>
    body(
      "application/json",
      JSON.stringify({ id: "resp_sim", object: "response", status: "completed", output: [] }),
    ),
  ),
  replyFault("untyped_error_body", "200 JSON with an error, without a content type", () => ({
    kind: "plain",
    status: 200,
    headers: {},
    body: JSON.stringify({
      error: { message: "Your input exceeds the context window.", code: "context_length_exceeded" },
    }),
  })),
  endFault("eof_inside_event", "the body ends in the middle of an event", "text", () => [
    { kind: "raw", text: 'event: response.output_text.delta\ndata: {"type":"response.output_text.de' },
    { kind: "end" },
  ]),
];

/** A whole body with status 200. */
export function body(type: string, text: string): Reply & { kind: "plain" } {
  return { kind: "plain", status: 200, headers: { "content-type": type }, body: text };
}
