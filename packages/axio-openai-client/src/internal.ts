export { createChatCompletion } from "./server/chat-route.ts";
export { type EventBodyOptions, type EventEncoder, eventBody } from "./server/event-body.ts";
export { createHandler, type Handler } from "./server/handler.ts";
export {
  errorResponse,
  jsonResponse,
  retryHeaders,
  streamResponse,
  warningHeaders,
} from "./server/http-response.ts";
export { conversationIdOf, createId } from "./server/identity.ts";
export { readAll } from "./server/read-all.ts";
export { ReasoningCache } from "./server/reasoning-cache.ts";
export { type ResolvedRequest, resolveRequest } from "./server/resolve-request.ts";
export { createResponse, type OpenedResponse, openResponse, report } from "./server/responses-route.ts";
export type { ServeOptions } from "./server/serve-options.ts";
