import type { JsonObject } from "axio";
import { openStream } from "axio/internal";
import { createChatEncoder, readChatRequest, toEventText } from "axio-inbound";
import { eventChunks } from "./event-chunks.ts";
import { jsonResponse, streamResponse, warningHeaders } from "./http-response.ts";
import { conversationIdOf, createId } from "./identity.ts";
import { readAll } from "./read-all.ts";
import { resolveRequest } from "./resolve-request.ts";
import { report } from "./responses-route.ts";
import type { ServeOptions } from "./serve-options.ts";
import type { ServedRequest } from "./served-request.ts";

/**
 * Creates a chat completion.
 *
 * @throws AxioError if the request fails before its first event.
 */
export async function createChatCompletion(
  body: JsonObject,
  { headers, signal }: Pick<ServedRequest, "headers" | "signal">,
  options: ServeOptions,
): Promise<Response> {
  const { transport, reasoningCache } = options;
  const inbound = readChatRequest(body, { findReasoning: (callId) => reasoningCache.find(callId) });
  const resolved = await resolveRequest(transport, inbound, options.aliases, signal);
  report(resolved, options);
  const { tools } = resolved.request;
  const encoder = createChatEncoder({
    id: createId("chatcmpl_"),
    createdAt: Date.now(),
    model: resolved.model.id,
    includesUsage: inbound.includesUsage,
    showReasoning: options.showReasoning,
    customTools: new Set(tools.filter(({ freeform }) => freeform !== undefined).map(({ name }) => name)),
  });
  const conversationId = await conversationIdOf(headers, resolved.request);
  const stream = await openStream(transport, { ...resolved.request, conversationId });
  const warnings = warningHeaders(resolved.unsupported);
  const keep = (): void => reasoningCache.add(encoder.reasoning);
  if (inbound.stream) {
    const chunks = eventChunks(stream, encoder, {
      format: toEventText,
      trailer: "data: [DONE]\n\n",
      onComplete: keep,
      onError: options.onError,
      onEnd: options.onEnd,
      failsBody: options.failsBody,
    });
    return streamResponse({ chunks, ping: options.ping }, warnings);
  }
  await readAll(stream, (event) => encoder.encode(event));
  keep();
  return jsonResponse(encoder.completion, warnings);
}
