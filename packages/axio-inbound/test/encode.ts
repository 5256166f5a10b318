import type { JsonObject, TransportEvent } from "axio";
import {
  type ChatEncoder,
  createChatEncoder,
  createMessagesEncoder,
  createResponsesEncoder,
  type MessagesEncoder,
  type ResponsesEncoder,
  readResponsesRequest,
} from "../src/index.ts";

/** The encoder of one API, with its events for a whole response. */
interface Encoded<E> {
  readonly encoder: E;
  readonly events: readonly JsonObject[];
}

type AnyEncoder = ResponsesEncoder | ChatEncoder | MessagesEncoder;

function run<E extends AnyEncoder>(encoder: E, response: readonly TransportEvent[]): Encoded<E> {
  return { encoder, events: [...encoder.start(), ...response.flatMap((event) => encoder.encode(event))] };
}

export function toResponses(
  response: readonly TransportEvent[],
  body: JsonObject = {},
): Encoded<ResponsesEncoder> {
  const request = readResponsesRequest({
    model: "gpt-5.5",
    input: "Hi",
    include: ["reasoning.encrypted_content"],
    ...body,
  });
  const encoder = createResponsesEncoder({
    id: "resp_1",
    createdAt: 0,
    model: "gpt-5.5",
    request,
    now: () => 0,
  });
  return run(encoder, response);
}

export function toChat(response: readonly TransportEvent[]): Encoded<ChatEncoder> {
  const options = { id: "chatcmpl_1", createdAt: 0, model: "gpt-5.5", includesUsage: true };
  return run(createChatEncoder({ ...options, showReasoning: true }), response);
}

export function toMessages(response: readonly TransportEvent[]): Encoded<MessagesEncoder> {
  return run(createMessagesEncoder({ id: "msg_1", model: "gpt-5.5" }), response);
}

/** The events as a client reads them: one JSON object a line. */
export function asLines(events: readonly JsonObject[]): ReadableStream<Uint8Array> {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  return new Blob([text]).stream();
}
