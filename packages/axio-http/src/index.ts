export { type AssertEventStreamOptions, assertEventStream } from "./assert-event-stream.ts";
export { defaultFetch } from "./default-fetch.ts";
export {
  type ErrorResponse,
  type ErrorRule,
  errorFromResponse,
  type ResponseFault,
} from "./error-from-response.ts";
export type { EventStream } from "./event-stream.ts";
export type { FetchBody, FetchInit, FetchLike } from "./fetch-like.ts";
export type { HttpBody, HttpBodyChunk, HttpBodyReader, HttpResponse } from "./http-response.ts";
export { type ReadBodyTextOptions, readBodyText } from "./read-body-text.ts";
export {
  DEFAULT_IDLE_TIMEOUT_MS,
  type ReadServerSentEventsOptions,
  readServerSentEvents,
} from "./read-server-sent-events.ts";
export { parseRetryAfter, parseRetryText } from "./retry-after.ts";
export {
  DEFAULT_RETRY_POLICY,
  decideRetry,
  type RetryContext,
  type RetryDecision,
  type RetryOptions,
  type RetryPolicy,
  retryPolicy,
} from "./retry-policy.ts";
export { assertSecureUrl } from "./secure-url.ts";
export {
  DEFAULT_RESPONSE_TIMEOUT_MS,
  type HttpRequest,
  type StreamingRequest,
  sendRequest,
  sendStreamingRequest,
} from "./send-request.ts";
export { createSseDecoder, type SseDecoder } from "./sse-decoder.ts";
export type { ExchangeOptions, OpenWebSocket } from "./web-socket.ts";
export { isProxied, openedWebSocket, webSocketFetch } from "./web-socket-fetch.ts";
