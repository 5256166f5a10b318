import { body, CONNECTION_FAULTS } from "../faults/connection-faults.ts";
import {
  endFault,
  type Fault,
  type FaultParameters,
  type FaultRegistry,
  insertFault,
  numberParameter,
  replyFault,
  reshapeFault,
} from "../faults/fault.ts";
import { FRAMING_FAULTS } from "../faults/framing-faults.ts";
import { STATUS_FAULTS } from "../faults/status-faults.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { DataFrame, FaultPoint, Frame } from "../stream/frames.ts";
import { type ClaudeErrorType, claudeError, claudeErrorReply } from "./errors.ts";
import { claudeEvent, type MessageContext } from "./events.ts";

/** Errors by name: status, type and message. */
const ERRORS: Readonly<Record<string, readonly [status: number, type: ClaudeErrorType, message: string]>> = {
  overloaded: [529, "overloaded_error", "Overloaded"],
  overloaded_503: [503, "overloaded_error", "Overloaded"],
  api_error: [500, "api_error", "Internal server error"],
  timeout_error: [504, "timeout_error", "Request timed out"],
  conflict: [409, "conflict_error", "Conflict"],
  authentication_error: [401, "authentication_error", "invalid x-api-key"],
  billing_error: [402, "billing_error", "Your account has a billing problem."],
  permission_error: [
    403,
    "permission_error",
    "Your API key does not have permission to use the specified resource.",
  ],
  unsupported_country: [403, "permission_error", "Request not allowed: the country is not supported"],
  not_found: [404, "not_found_error", "Not found"],
  model_not_found: [404, "not_found_error", "model: claude-none"],
  request_too_large: [413, "request_too_large", "Request exceeds the maximum size"],
  prompt_too_long: [400, "invalid_request_error", "prompt is too long: 1000123 tokens > 1000000 maximum"],
  context_limit: [
    400,
    "invalid_request_error",
    "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000, decrease input length or `max_tokens` and try again",
  ],
  low_credit: [
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
  ],
  usage_limits: [
    400,
    "invalid_request_error",
    "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
  ],
  eager_streaming: [
    400,
    "invalid_request_error",
    "tools.0.custom.eager_input_streaming: Extra inputs are not permitted",
  ],
  schema_too_complex: [400, "invalid_request_error", "Schema is too complex for compilation."],
  foreign_prefix: [
    400,
    "invalid_request_error",
    "messages.1.content.0: The block is bound to a different conversation",
  ],
  invalid_signature: [
    400,
    "invalid_request_error",
    "messages.1.content.0: Invalid `signature` in `thinking` block",
  ],
};

/** Spend limits of a 429, which do not go away by themselves. */
const SPENT = [
  "enforced_spend_limit_reached",
  "contract_spend_limit_reached",
  "linked_organization_spend_limit_reached",
];

const STATUS: readonly Fault<unknown>[] = [
  ...Object.entries(ERRORS).map(([name, [status, type, message]]) =>
    replyFault(name, `${status} ${type}: ${message.slice(0, 60)}`, (parameters) =>
      claudeErrorReply(status, type, parameters["message"] ?? message, { headers: retryHeaders(parameters) }),
    ),
  ),
  ...SPENT.map((code) =>
    replyFault(code, `429 with the error code ${code}, permanent`, () =>
      claudeErrorReply(429, "rate_limit_error", "The spend limit is reached.", {
        details: { error_code: code },
      }),
    ),
  ),
  replyFault("rate_limit", "429 with retry-after in seconds; retry-after=", (parameters) =>
    claudeErrorReply(429, "rate_limit_error", "This request would exceed your organization's rate limit.", {
      headers: { "retry-after": "1", ...retryHeaders(parameters) },
    }),
  ),
  replyFault("rate_limit_ms", "429 with retry-after-ms", (parameters) =>
    claudeErrorReply(429, "rate_limit_error", "Too many requests.", {
      headers: { "retry-after-ms": parameters["retry-after-ms"] ?? "50" },
    }),
  ),
  replyFault("rate_limit_silent", "429 without a delay", () =>
    claudeErrorReply(429, "rate_limit_error", "Too many requests."),
  ),
  replyFault("acceleration", "429 with the error code ramp_limit_exceeded", () =>
    claudeErrorReply(429, "rate_limit_error", "Your usage grows too fast.", {
      details: { error_code: "ramp_limit_exceeded" },
    }),
  ),
  replyFault("no_retry", "529 with x-should-retry: false", () =>
    claudeErrorReply(529, "overloaded_error", "Overloaded", { headers: { "x-should-retry": "false" } }),
  ),
  replyFault("error", "any status; status=, type=, message=", (parameters) => ({
    kind: "plain",
    status: numberParameter(parameters, "status", 400),
    headers: { "content-type": "application/json", "request-id": "req_simulator" },
    body: JSON.stringify(
      claudeError(parameters["type"] ?? "invalid_request_error", parameters["message"] ?? "It failed."),
    ),
  })),
];

function retryHeaders(parameters: FaultParameters): Record<string, string> {
  const names = ["retry-after", "retry-after-ms", "x-should-retry"];
  return Object.fromEntries(
    names.flatMap((name) => (parameters[name] === undefined ? [] : [[name, parameters[name]]])),
  );
}

const STREAM: readonly Fault<MessageContext>[] = [
  ending("stream_error", "an error event; type=, message=", "text", (_, parameters) => [
    errorEvent(parameters),
  ]),
  ending("stream_overloaded", "an overloaded_error event as the first event", "before", () => [
    errorEvent({ type: "overloaded_error", message: "Overloaded" }),
  ]),
  ending("stop", "the response ends with this stop_reason; value=", "text", (_, { value = "max_tokens" }) =>
    stopped(value),
  ),
  ending("stop_null", "message_stop without a stop_reason", "text", () => [
    claudeEvent("message_delta", {
      delta: { stop_reason: null, stop_sequence: null },
      usage: { output_tokens: 3 },
    }),
    claudeEvent("message_stop", {}),
  ]),
  ending("no_message_stop", "message_delta, and then the end", "text", () => stopped("end_turn").slice(0, 1)),
  ending("eof_inside_event", "the body ends in the middle of an event", "text", () => [
    { kind: "raw", text: 'event: content_block_delta\ndata: {"type":"content_blo' },
  ]),
];

function stopped(reason: string): readonly Frame[] {
  const delta = { stop_reason: reason, stop_sequence: null, stop_details: null };
  return [
    claudeEvent("message_delta", { delta, usage: { output_tokens: 12 } }),
    claudeEvent("message_stop", {}),
  ];
}

function errorEvent(parameters: FaultParameters): Frame {
  const type = parameters["type"] ?? "api_error";
  const message = parameters["message"] ?? "Internal server error";
  return claudeEvent("error", { ...claudeError(type, message) });
}

const SHAPES: readonly Fault<MessageContext>[] = [
  inserted("pings", "pings, also before the first event", "before", [
    claudeEvent("ping", {}),
    claudeEvent("ping", {}),
  ]),
  inserted("unknown_event", "an event of an unknown type", "text", [claudeEvent("hologram", { index: 0 })]),
  inserted("unknown_delta", "a delta of an unknown type", "text", [
    claudeEvent("content_block_delta", { index: 0, delta: { type: "hologram_delta", hologram: "?" } }),
  ]),
  inserted("unknown_block", "a block of an unknown type", "end", [
    claudeEvent("content_block_start", { index: 90, content_block: { type: "hologram", data: "?" } }),
    claudeEvent("content_block_delta", { index: 90, delta: { type: "hologram_delta", hologram: "!" } }),
    claudeEvent("content_block_stop", { index: 90 }),
  ]),
  inserted("done_marker", "a `[DONE]` line before the end", "end", [
    { kind: "raw", text: "data: [DONE]\n\n" },
  ]),
  inserted("garbage_json", "a data line that is not JSON, which is an error", "text", [
    { kind: "raw", text: 'event: content_block_delta\ndata: {"type":"content_blo\n\n' },
  ]),
  reshapeFault(
    "spliced_start",
    "a second message_start of another message, which voids everything before it",
    (frames) => {
      const half = Math.max(2, Math.floor(frames.length / 2));
      const again = frames.map((frame) => mapStart(frame, (message) => ({ ...message, id: "msg_spliced" })));
      return [...frames.slice(0, half), ...again];
    },
  ),
  reshapeFault("duplicate_start", "message_start twice with the same id", (frames) =>
    frames.flatMap((frame) => (isNamed(frame, "message_start") ? [frame, frame] : [frame])),
  ),
  reshapeFault("no_block_stop", "no content_block_stop", (frames) =>
    frames.filter((frame) => !isNamed(frame, "content_block_stop")),
  ),
  reshapeFault("input_in_start", "tool calls whose whole input is in the start of the block", (frames) =>
    wholeInputs(frames),
  ),
  reshapeFault("no_input", "tool calls without input deltas", (frames) =>
    frames.filter((frame) => !isInputDelta(frame)),
  ),
  reshapeFault("malformed_input", "a tool call with an input that is not JSON", (frames) =>
    malformed(frames),
  ),
  reshapeFault("late_input_usage", "input tokens in the last usage only", (frames) =>
    frames.map((frame) =>
      mapStart(frame, (message) => ({ ...message, usage: { input_tokens: 0, output_tokens: 0 } })),
    ),
  ),
  reshapeFault("no_usage", "no usage", (frames) =>
    frames.map((frame) => {
      if (frame.kind === "data" && frame.name === "message_delta") {
        const { usage: _usage, ...rest } = frame.data;
        return { ...frame, data: rest };
      }
      return mapStart(frame, ({ usage: _usage, ...message }) => message);
    }),
  ),
  reshapeFault("no_signature", "thinking without signatures, as compatible servers send it", (frames) =>
    frames.filter(
      (frame) =>
        !(
          frame.kind === "data" &&
          isObject(frame.data["delta"]) &&
          frame.data["delta"]["type"] === "signature_delta"
        ),
    ),
  ),
  reshapeFault("stop_then_stall", "message_stop, then the connection stays open", (frames) => [
    ...frames,
    { kind: "stall" },
  ]),
  reshapeFault("huge_event", "an event of a megabyte", (frames) => [
    ...frames.slice(0, 1),
    claudeEvent("hologram", { padding: "x".repeat(1_000_000) }),
    ...frames.slice(1),
  ]),
  replyFault("json_body", "200 with a whole message instead of a stream", () =>
    body(
      "application/json",
      JSON.stringify({
        id: "msg_sim",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-5-5",
        content: [{ type: "text", text: "Whole." }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 3, output_tokens: 2 },
      }),
    ),
  ),
];

/** Every fault of the Messages API, by name. The statuses of other wires are those of proxies before it. */
export const CLAUDE_FAULTS: FaultRegistry<MessageContext> = new Map<string, Fault<MessageContext>>(
  [...STATUS_FAULTS, ...CONNECTION_FAULTS, ...FRAMING_FAULTS, ...STATUS, ...STREAM, ...SHAPES].map(
    (fault) => [fault.name, fault],
  ),
);

function ending(
  name: string,
  summary: string,
  at: FaultPoint,
  make: (context: MessageContext, parameters: FaultParameters) => readonly Frame[],
): Fault<MessageContext> {
  return endFault<MessageContext>(name, summary, at, (parameters, context) => [
    ...make(context, parameters),
    { kind: "end" },
  ]);
}

function inserted(name: string, summary: string, at: FaultPoint, frames: readonly Frame[]): Fault<unknown> {
  return insertFault<unknown>(name, summary, at, () => frames);
}

function isNamed(frame: Frame, name: string): boolean {
  return frame.kind === "data" && frame.name === name;
}

function isInputDelta(frame: Frame): boolean {
  return (
    frame.kind === "data" &&
    isObject(frame.data["delta"]) &&
    frame.data["delta"]["type"] === "input_json_delta"
  );
}

function mapStart(frame: Frame, map: (message: JsonObject) => JsonObject): Frame {
  if (frame.kind !== "data" || frame.name !== "message_start" || !isObject(frame.data["message"]))
    return frame;
  return { ...frame, data: { ...frame.data, message: map(frame.data["message"]) } };
}

function textOf(frame: DataFrame): string {
  const delta = frame.data["delta"];
  return isObject(delta) ? String(delta["partial_json"]) : "";
}

/** Moves the deltas of each input into the start of its block. */
function wholeInputs(frames: readonly Frame[]): Frame[] {
  const texts = new Map<unknown, string>();
  for (const frame of frames) {
    if (frame.kind !== "data" || !isInputDelta(frame)) continue;
    texts.set(frame.data["index"], (texts.get(frame.data["index"]) ?? "") + textOf(frame));
  }
  return frames
    .filter((frame) => !isInputDelta(frame))
    .map((frame) => {
      if (frame.kind !== "data" || frame.name !== "content_block_start") return frame;
      const text = texts.get(frame.data["index"]);
      const block = frame.data["content_block"];
      if (text === undefined || text === "" || !isObject(block)) return frame;
      return { ...frame, data: { ...frame.data, content_block: { ...block, input: JSON.parse(text) } } };
    });
}

/** Cuts the first input, and drops the rest of it. */
function malformed(frames: readonly Frame[]): Frame[] {
  const seen = new Set<unknown>();
  return frames.flatMap((frame): Frame[] => {
    if (frame.kind !== "data" || !isInputDelta(frame)) return [frame];
    if (seen.has(frame.data["index"])) return [];
    seen.add(frame.data["index"]);
    return [
      {
        ...frame,
        data: { ...frame.data, delta: { type: "input_json_delta", partial_json: '{"path": DATA' } },
      },
    ];
  });
}
