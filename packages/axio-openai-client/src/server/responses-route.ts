import { AxioError, isJsonObject, type JsonObject } from "axio";
import { type OpenedStream, openStream } from "axio/internal";
import {
  assertSupported,
  createResponsesEncoder,
  type ResponsesEncoder,
  type ResponsesRequest,
  readResponsesRequest,
  toNamedEventText,
  type Unsupported,
} from "axio-inbound";
import { eventChunks } from "./event-chunks.ts";
import { jsonResponse, streamResponse, warningHeaders } from "./http-response.ts";
import { conversationIdOf, createId } from "./identity.ts";
import { readAll } from "./read-all.ts";
import { type ResolvedRequest, resolveRequest } from "./resolve-request.ts";
import type { ResponseStore, StoredResponse } from "./response-store.ts";
import type { ServeOptions } from "./serve-options.ts";
import type { ServedRequest } from "./served-request.ts";

/** A response that has begun. */
export interface OpenedResponse {
  readonly id: string;
  readonly stream: OpenedStream;
  readonly encoder: ResponsesEncoder;
  /** Whether the client wants events. */
  readonly streams: boolean;
  readonly unsupported: readonly Unsupported[];
  /** Whether the client wants it to be stored. */
  readonly isStored: boolean;
  /** Returns the complete response with its input, as a later request needs it. */
  readonly toStored: () => StoredResponse;
}

/**
 * Begins a response.
 *
 * @throws AxioError if the request fails before its first event.
 */
export async function openResponse(
  body: JsonObject,
  { headers, signal }: Pick<ServedRequest, "headers" | "signal">,
  options: ServeOptions,
): Promise<OpenedResponse> {
  const { transport, store } = options;
  const previous = await previousResponse(body, store);
  const inbound = readResponsesRequest(body, {
    previousItems: previous?.items,
    findItem: (id) => previous?.items.find((item) => item["id"] === id),
  });
  const resolved = await resolveRequest(transport, inbound, options.aliases, signal);
  report(resolved, options);
  const conversationId = previous?.conversationId ?? (await conversationIdOf(headers, resolved.request));
  const id = createId("resp_");
  const encoder = createResponsesEncoder({
    id,
    createdAt: Date.now(),
    model: resolved.model.id,
    request: inbound,
  });
  return {
    id,
    stream: await openStream(transport, { ...resolved.request, conversationId }),
    encoder,
    streams: inbound.stream,
    unsupported: resolved.unsupported,
    isStored: body["store"] !== false,
    toStored: () => storedResponse(inbound, encoder, conversationId, previous?.items ?? []),
  };
}

/**
 * Creates a response.
 *
 * @throws AxioError if the request fails before its first event.
 */
export async function createResponse(
  body: JsonObject,
  request: Pick<ServedRequest, "headers" | "signal">,
  options: ServeOptions,
): Promise<Response> {
  const opened = await openResponse(body, request, options);
  const { id, stream, encoder, streams, unsupported, isStored, toStored } = opened;
  const keep = async (): Promise<void> => {
    if (isStored) await options.store.put(id, toStored());
  };
  const warnings = warningHeaders(unsupported);
  if (streams) {
    const chunks = eventChunks(stream, encoder, {
      format: toNamedEventText,
      onComplete: keep,
      onError: options.onError,
      onEnd: options.onEnd,
      failsBody: options.failsBody,
    });
    return streamResponse({ chunks, ping: options.ping }, warnings);
  }
  await readAll(stream, (event) => encoder.encode(event));
  await keep();
  return jsonResponse(encoder.response, warnings);
}

/** Reports what has no effect, or refuses the request because of it. */
export function report({ unsupported }: ResolvedRequest, { strict, onUnsupported }: ServeOptions): void {
  if (unsupported.length === 0) return;
  if (strict) assertSupported(unsupported);
  onUnsupported(unsupported);
}

/** Serves `GET` and `DELETE` of a stored response and `GET` of its input. */
export async function storedResponseRoute(
  method: string,
  id: string,
  part: string | undefined,
  store: ResponseStore,
): Promise<Response> {
  if (method === "DELETE") {
    if (!(await store.delete(id))) throw unknownResponse(id);
    return jsonResponse({ id, object: "response", deleted: true });
  }
  const stored = await store.get(id);
  if (stored === undefined) throw unknownResponse(id);
  if (part === undefined) return jsonResponse(stored.response);
  const data = stored.items.slice(0, stored.inputCount);
  const ids = data.flatMap((item) => (typeof item["id"] === "string" ? [item["id"]] : []));
  const [firstId = null, lastId = null] = [ids[0], ids.at(-1)];
  return jsonResponse({ object: "list", data, has_more: false, first_id: firstId, last_id: lastId });
}

/**
 * Returns the response that a request continues.
 *
 * @returns `undefined` for a request that begins a conversation.
 * @throws AxioError `not-found` if the response is unknown.
 */
export async function previousResponse(
  body: JsonObject,
  store: ResponseStore,
): Promise<StoredResponse | undefined> {
  const id = body["previous_response_id"];
  if (typeof id !== "string") return undefined;
  const stored = await store.get(id);
  if (stored === undefined) throw unknownResponse(id, "previous_response_id");
  return stored;
}

function unknownResponse(id: string, parameter?: string): AxioError {
  return new AxioError(
    "not-found",
    `There is no response ${JSON.stringify(id)}. It was created with "store": false, deleted, or forgotten. Send the whole conversation instead.`,
    { details: { status: 404, peerCode: "previous_response_not_found", parameter } },
  );
}

function storedResponse(
  inbound: ResponsesRequest,
  encoder: ResponsesEncoder,
  conversationId: string,
  before: readonly JsonObject[],
): StoredResponse {
  const given = inbound.body["input"];
  const own: readonly JsonObject[] =
    typeof given === "string"
      ? [{ type: "message", role: "user", content: [{ type: "input_text", text: given }] }]
      : Array.isArray(given)
        ? given.filter(isJsonObject)
        : [];
  const input = [...before, ...own];
  return {
    response: encoder.response,
    items: [...input, ...encoder.items],
    inputCount: input.length,
    conversationId,
  };
}
