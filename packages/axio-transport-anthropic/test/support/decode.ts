import { AxioError, type Block, type JsonObject, type StepEndEvent, type TransportEvent } from "axio";
import { blocksIn, endIn } from "test-support/decode-response";
import { createMessagesDecoder, type MessagesDecoderOptions } from "../../src/stream/decoder.ts";

/** Decodes a whole response, including its end. */
export function decodeMessages(
  events: readonly unknown[],
  options: Partial<MessagesDecoderOptions> = {},
): readonly TransportEvent[] {
  const decoder = createMessagesDecoder({
    classify: (event) => new AxioError("server", JSON.stringify(event)),
    ...options,
  });
  const out: TransportEvent[] = [];
  for (const event of events) decoder.decode(event, out);
  decoder.end(out);
  return out;
}

/** Decodes a response to its blocks and its end. Blocks that a retry discarded are left out. */
export function decodeParts(
  events: readonly unknown[],
  options: Partial<MessagesDecoderOptions> = {},
): {
  readonly events: readonly TransportEvent[];
  readonly blocks: readonly Block[];
  readonly end: StepEndEvent;
} {
  const decoded = decodeMessages(events, options);
  const last = decoded.slice(decoded.findLastIndex(({ type }) => type === "retry") + 1);
  return { events: decoded, blocks: blocksIn(last), end: endIn(last) };
}

/** A stream of events with the given content blocks: each as its start, its deltas and its stop. */
export function streamOf(
  blocks: readonly { readonly start: JsonObject; readonly deltas?: readonly JsonObject[] }[],
  {
    stopReason = "end_turn",
    usage = { input_tokens: 10, output_tokens: 5 },
    delta = {},
    message = {},
  }: {
    readonly stopReason?: string | null;
    readonly usage?: JsonObject;
    readonly delta?: JsonObject;
    readonly message?: JsonObject;
  } = {},
): readonly JsonObject[] {
  return [
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-test",
        content: [],
        stop_reason: null,
        usage: { input_tokens: 10, output_tokens: 1 },
        ...message,
      },
    },
    ...blocks.flatMap(({ start, deltas = [] }, index): readonly JsonObject[] => [
      { type: "content_block_start", index, content_block: start },
      ...deltas.map((each): JsonObject => ({ type: "content_block_delta", index, delta: each })),
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason: stopReason, stop_sequence: null, ...delta }, usage },
    { type: "message_stop" },
  ];
}

/** A text block of a stream. */
export function text(...deltas: readonly string[]) {
  return {
    start: { type: "text", text: "" },
    deltas: deltas.map((each) => ({ type: "text_delta", text: each })),
  };
}

/** A thinking block of a stream. */
export function thinking(shown: string, signature: string) {
  return {
    start: { type: "thinking", thinking: "", signature: "" },
    deltas: [
      ...(shown === "" ? [] : [{ type: "thinking_delta", thinking: shown }]),
      { type: "signature_delta", signature },
    ],
  };
}

/** A tool call of a stream, its input in the given fragments. */
export function toolUse(id: string, name: string, ...fragments: readonly string[]) {
  return {
    start: { type: "tool_use", id, name, input: {} },
    deltas: fragments.map((each) => ({ type: "input_json_delta", partial_json: each })),
  };
}
