import { API_FAULTS } from "../faults/api-faults.ts";
import { body, CONNECTION_FAULTS } from "../faults/connection-faults.ts";
import {
  endFault,
  type Fault,
  type FaultParameters,
  type FaultRegistry,
  insertFault,
  replyFault,
  reshapeFault,
} from "../faults/fault.ts";
import { FRAMING_FAULTS } from "../faults/framing-faults.ts";
import { STATUS_FAULTS } from "../faults/status-faults.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { FaultPoint, Frame } from "../stream/frames.ts";
import type { ChunkContext } from "./chunks.ts";

const DONE: Frame = { kind: "raw", text: "data: [DONE]\n\n" };
const END: Frame = { kind: "end" };

/** Errors inside a stream of Chat Completions with status 200. */
const ERRORS: readonly Fault<ChunkContext>[] = [
  ending("stream_error", "an error object, then the end; code=, type=, message=", "text", (_, parameters) => [
    data({ error: errorOf(parameters) }),
  ]),
  ending("stream_error_done", "an error object, then `[DONE]`", "text", (_, parameters) => [
    data({ error: errorOf(parameters) }),
    DONE,
  ]),
  ending(
    "chunk_error",
    "a chunk with an error and finish_reason error, as OpenRouter sends it",
    "text",
    (context, parameters) => [
      chunk(context, finish("error"), {
        error: { code: Number(parameters["code"] ?? 502), message: messageOf(parameters) },
      }),
      DONE,
    ],
  ),
  ending("error_after_finish", "finish_reason length, then a chunk with an error", "text", (context) => [
    chunk(context, finish("length")),
    chunk(context, finish(null), { error: { code: 400, message: "Token limit reached" } }),
    DONE,
  ]),
  ending("finish_error", "finish_reason error without an error", "text", (context) => [
    chunk(context, finish("error")),
    DONE,
  ]),
  ending(
    "native_error",
    "finish_reason stop with native_finish_reason network_error; value=",
    "created",
    (context, { value = "network_error" }) => [
      chunk(context, { ...finish("stop"), native_finish_reason: value }),
      DONE,
    ],
  ),
  ending("tool_use_failed", "`event: error` as Groq sends it, without `[DONE]`", "created", () => [
    {
      kind: "data",
      name: "error",
      data: {
        error: {
          message: "Tool call validation failed: parameters for tool did not match schema",
          type: "invalid_request_error",
          code: "tool_use_failed",
          failed_generation: '{"name":"f","arguments":{"wrong":1}}',
          status_code: 400,
        },
      },
    },
  ]),
  ending("typed_error", 'an error as {"type":"error"}', "text", (_, parameters) => [
    data({ type: "error", ...errorOf(parameters) }),
  ]),
  ending("detail_error", "an error as {detail}", "text", () => [data({ detail: "The upstream is gone." })]),
  ending("flat_error", "an error as {message, code}", "text", (_, parameters) => [
    data({ message: messageOf(parameters), code: parameters["code"] ?? 500 }),
  ]),
  ending("string_error", "an error as a string", "text", (_, parameters) => [
    data({ error: messageOf(parameters) }),
  ]),
  ending("json_inside", "a JSON body in the middle of the stream", "text", () => [
    { kind: "raw", text: '{"error":{"message":"upstream request timeout"}}\n' },
  ]),
  ending("html_inside", "HTML in the middle of the stream", "text", () => [
    { kind: "raw", text: "<html><head><title>502 Bad Gateway</title></head></html>\n" },
  ]),
  ending(
    "finish",
    "the response ends with this finish_reason; value=",
    "text",
    (context, { value = "length" }) => [chunk(context, finish(value)), DONE],
  ),
  ending("done_only", "`[DONE]` without a finish_reason", "text", () => [DONE]),
  ending("done_and_usage", "usage and `[DONE]` without a finish_reason", "text", (context) => [
    chunk(context, undefined, {
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
    }),
    DONE,
  ]),
  ending("eof_inside_event", "the body ends in the middle of an event", "text", () => [
    { kind: "raw", text: 'data: {"id":"chatcmpl-sim","object":"chat.completion.chunk","choi' },
  ]),
];

/** Streams of an unusual shape. A client should read the response from them, unless the summary says otherwise. */
const SHAPES: readonly Fault<ChunkContext>[] = [
  insertFault<ChunkContext>("other_choice", "chunks of a second choice", "text", (_, context) => [
    chunk(context, { index: 1, delta: { content: "SECOND" }, finish_reason: null }),
  ]),
  insertFault<ChunkContext>(
    "missing_choices",
    "chunks without `choices`, and with null",
    "text",
    (_, context) => [
      chunk(context, undefined),
      chunk(context, undefined, { choices: null }),
      chunk(context, undefined, { choices: [] }),
    ],
  ),
  insertFault<ChunkContext>(
    "missing_delta",
    "a choice without a delta, and one with null",
    "text",
    (_, context) => [
      chunk(context, { index: 0, finish_reason: null }),
      chunk(context, { index: 0, delta: null, finish_reason: null }),
    ],
  ),
  insertFault<ChunkContext>("unknown_members", "a delta with unknown members", "text", (_, context) => [
    chunk(context, {
      index: 0,
      delta: { hologram: "?", index: 7, channel: "analysis" },
      finish_reason: null,
    }),
  ]),
  insertFault<ChunkContext>(
    "moderation_chunk",
    "a chunk with the outcome of the moderation",
    "text",
    (_, context) => [
      chunk(context, undefined, {
        choices: [],
        moderation: { input: { type: "moderation_results", model: "m", results: [] } },
      }),
    ],
  ),
  raw("garbage_json", "a data line that is not JSON, which is an error", 'data: {"choices":[{"delta":\n\n'),
  raw("comments_inside", "comments between chunks", ": keep-alive\n\n: OPENROUTER PROCESSING\n\n"),
  raw("empty_data", "events without data", "data:\n\nevent: ping\ndata:\n\n"),
  raw("nul_padding", "an event of null characters", "\u0000\u0000\n\n"),
  reshapeFault("no_done", "no `[DONE]`", (frames) => frames.filter((frame) => !isDone(frame))),
  reshapeFault("done_twice", "`[DONE]` twice", (frames) => [...frames, DONE]),
  reshapeFault("after_done", "an error after `[DONE]`, which is not part of the response", (frames) => [
    ...frames,
    data({ error: { message: "Too late.", code: "server_error" } }),
  ]),
  reshapeFault("no_usage", "no usage", (frames) =>
    mapData(frames, ({ usage: _usage, x_groq: _groq, ...rest }) => rest),
  ),
  reshapeFault("null_usage", "usage whose members are null", (frames) =>
    mapData(frames, (value) =>
      isObject(value["usage"])
        ? { ...value, usage: { prompt_tokens: null, completion_tokens: null, prompt_tokens_details: null } }
        : value,
    ),
  ),
  reshapeFault("done_object", "a last chunk that repeats the message, as Perplexity sends it", (frames) =>
    mapData(frames, (value) => (hasFinish(value) ? { ...value, object: "chat.completion.done" } : value)),
  ),
  reshapeFault("message_not_delta", "`message` in place of `delta`", (frames) =>
    mapChoices(frames, ({ delta, ...rest }) => ({ ...rest, message: delta })),
  ),
  reshapeFault("finish_twice", "finish_reason in two chunks", (frames) =>
    frames.flatMap((frame) => (frame.kind === "data" && hasFinish(frame.data) ? [frame, frame] : [frame])),
  ),
  reshapeFault("finish_with_last_delta", "finish_reason on a chunk with text", (frames) =>
    mapChoices(frames, (choice) =>
      choice["finish_reason"] === null ? choice : { ...choice, delta: { content: "!" } },
    ),
  ),
  reshapeFault("stall_after_done", "`[DONE]`, then the connection stays open", (frames) => [
    ...frames,
    { kind: "stall" },
  ]),
  reshapeFault("stall_after_finish", "the connection stays open after finish_reason", (frames) => [
    ...frames.filter((frame) => !isDone(frame)),
    { kind: "stall" },
  ]),
  reshapeFault("malformed_arguments", "a tool call with arguments that are not JSON", (frames) =>
    mapChoices(frames, (choice) => withCallText(choice, "arguments", '{"path": "READ')),
  ),
  reshapeFault("huge_event", "an event of a megabyte", (frames) => [
    ...frames.slice(0, 2),
    data({ choices: [], padding: "x".repeat(1_000_000) }),
    ...frames.slice(2),
  ]),
  replyFault("json_body", "200 with a whole completion instead of a stream", () =>
    body(
      "application/json",
      JSON.stringify({
        id: "chatcmpl-sim",
        object: "chat.completion",
        created: 1,
        model: "gpt-4.1",
        choices: [{ index: 0, message: { role: "assistant", content: "Whole." }, finish_reason: "stop" }],
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      }),
    ),
  ),
];

/** Every fault of Chat Completions, by name. */
export const CHAT_FAULTS: FaultRegistry<ChunkContext> = new Map<string, Fault<ChunkContext>>(
  [...STATUS_FAULTS, ...API_FAULTS, ...CONNECTION_FAULTS, ...FRAMING_FAULTS, ...ERRORS, ...SHAPES].map(
    (fault) => [fault.name, fault],
  ),
);

function ending(
  name: string,
  summary: string,
  at: FaultPoint,
  make: (context: ChunkContext, parameters: FaultParameters) => readonly Frame[],
): Fault<ChunkContext> {
  return endFault<ChunkContext>(name, summary, at, (parameters, context) => [
    ...make(context, parameters),
    END,
  ]);
}

function raw(name: string, summary: string, text: string): Fault<unknown> {
  return insertFault<unknown>(name, summary, "text", () => [{ kind: "raw", text }]);
}

function data(value: JsonObject): Frame {
  return { kind: "data", name: undefined, data: value };
}

function chunk(context: ChunkContext, choice: JsonObject | undefined, members: JsonObject = {}): Frame {
  const { id, created, model } = context;
  return data({
    id,
    object: "chat.completion.chunk",
    created,
    model,
    ...(choice !== undefined && { choices: [choice] }),
    ...members,
  });
}

function finish(reason: string | null): JsonObject {
  return { index: 0, delta: {}, logprobs: null, finish_reason: reason };
}

function isDone(frame: Frame): boolean {
  return frame.kind === "raw" && frame.text.includes("[DONE]");
}

function hasFinish({ choices }: JsonObject): boolean {
  return (
    Array.isArray(choices) && choices.some((choice) => isObject(choice) && choice["finish_reason"] != null)
  );
}

function mapData(frames: readonly Frame[], map: (value: JsonObject) => JsonObject): Frame[] {
  return frames.map((frame) => (frame.kind === "data" ? { ...frame, data: map(frame.data) } : frame));
}

function mapChoices(frames: readonly Frame[], map: (choice: JsonObject) => JsonObject): Frame[] {
  return mapData(frames, (value) =>
    Array.isArray(value["choices"])
      ? { ...value, choices: value["choices"].filter(isObject).map(map) }
      : value,
  );
}

/** Replaces the arguments of every tool call of a choice, and drops their later parts. */
function withCallText(choice: JsonObject, member: string, text: string): JsonObject {
  const delta = isObject(choice["delta"]) ? choice["delta"] : {};
  if (!Array.isArray(delta["tool_calls"])) return choice;
  const calls = delta["tool_calls"].filter(isObject).map((call) => {
    const own = isObject(call["function"]) ? call["function"] : {};
    return { ...call, function: { ...own, [member]: own["name"] === undefined ? "" : text } };
  });
  return { ...choice, delta: { ...delta, tool_calls: calls } };
}

function errorOf(parameters: FaultParameters): JsonObject {
  return {
    message: messageOf(parameters),
    type: parameters["type"] ?? "server_error",
    code: parameters["code"] ?? "server_error",
    param: null,
  };
}

function messageOf({ message }: FaultParameters): string {
  return message ?? "The server had an error while processing your request.";
}
