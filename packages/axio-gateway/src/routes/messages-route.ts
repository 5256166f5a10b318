import { AxioError, type JsonObject } from "axio";
import { openStream } from "axio/internal";
import {
  createMessagesEncoder,
  type MessagesRequest,
  readMessagesRequest,
  toNamedEventText,
} from "axio-inbound";
import {
  conversationIdOf,
  createId,
  eventChunks,
  jsonResponse,
  readAll,
  report,
  resolveRequest,
  type ServedRequest,
  type ServeOptions,
  streamResponse,
  warningHeaders,
} from "axio-openai-client/internal";
import { countTokens } from "./count-tokens.ts";

/**
 * Creates a message.
 *
 * @throws AxioError if the request fails before its first event.
 */
export async function createMessage(
  body: JsonObject,
  { headers, signal }: Pick<ServedRequest, "headers" | "signal">,
  options: ServeOptions,
): Promise<Response> {
  const inbound = readMessagesRequest(body);
  const { transport } = options;
  const resolved = await resolveRequest(
    transport,
    await withKnownModel(inbound, options, signal),
    options.aliases,
    signal,
  );
  report(resolved, options);
  const encoder = createMessagesEncoder({
    id: createId("msg_"),
    model: inbound.model,
    inputTokens: countTokens(inbound.request),
    showsThinking: inbound.showsThinking,
  });
  const conversationId = await conversationIdOf(headers, resolved.request);
  const stream = await openStream(transport, { ...resolved.request, conversationId });
  const warnings = { ...warningHeaders(resolved.unsupported), "request-id": createId("req_") };
  if (inbound.stream) {
    const { onError, onEnd, ping } = options;
    const chunks = eventChunks(stream, encoder, { format: toNamedEventText, onError, onEnd });
    return streamResponse({ chunks, ping }, warnings);
  }
  await readAll(stream, (event) => encoder.encode(event));
  return jsonResponse(encoder.message, warnings);
}

/** Counts the input tokens of a request, as an estimate. */
export function countMessageTokens(body: JsonObject): Response {
  return jsonResponse({
    input_tokens: countTokens(readMessagesRequest(body, { requiresMaxTokens: false }).request),
  });
}

/** The prefix under which models are listed for clients that only show models of Anthropic. */
export const CLAUDE_PREFIX = "claude-axio-";

/**
 * Programs for Claude also name models of Anthropic, for example in background requests. Such a name stands for the default model,
 * and a small one for the last model of the list.
 */
async function withKnownModel(
  inbound: MessagesRequest,
  { transport, aliases }: ServeOptions,
  signal: AbortSignal | undefined,
): Promise<MessagesRequest> {
  const { model } = inbound;
  if (Object.hasOwn(aliases, model) || transport.models.has(model)) return inbound;
  if (model.startsWith(CLAUDE_PREFIX)) return { ...inbound, model: model.slice(CLAUDE_PREFIX.length) };
  if (!model.startsWith("claude")) return inbound;
  const models = (await transport.fetchModels?.({ signal })) ?? transport.models;
  if (models.has(model)) return inbound;
  const small = model.includes("haiku") ? models.ids().at(-1) : undefined;
  const chosen = small ?? transport.model.id;
  if (chosen === "")
    throw new AxioError(
      "model-not-supported",
      `There is no model ${JSON.stringify(model)}. GET /v1/models lists the models.`,
    );
  return { ...inbound, model: chosen };
}
