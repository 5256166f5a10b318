export { createChatCompletion } from "./server/chat-route.ts";
export {
  type EventChunks,
  type EventEncoder,
  type EventSource,
  eventChunks,
  type Ping,
} from "./server/event-chunks.ts";
export { eventSourceOf } from "./server/event-response.ts";
export { createHandler, type Handler } from "./server/handler.ts";
export {
  errorResponse,
  jsonResponse,
  retryHeaders,
  streamResponse,
  warningHeaders,
} from "./server/http-response.ts";
export { conversationIdOf, createId } from "./server/identity.ts";
export { readAll, truncatedError } from "./server/read-all.ts";
export { ReasoningCache } from "./server/reasoning-cache.ts";
export { type ResolvedRequest, resolveRequest } from "./server/resolve-request.ts";
export {
  createResponse,
  type OpenedResponse,
  openResponse,
  previousResponse,
  report,
} from "./server/responses-route.ts";
export type { ServeOptions } from "./server/serve-options.ts";
export { pathOf, type ServedRequest } from "./server/served-request.ts";
