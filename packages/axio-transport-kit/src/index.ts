export type { RetryNotice } from "axio/plugin";
export { MODELS_TTL_MS } from "./account-models.ts";
export {
  type AuthorizedRequest,
  type AuthorizedResponse,
  authorizedRequest,
  type CredentialSource,
} from "./authorized-request.ts";
export type { Call, Connection, FailedResponse, OpenedResponse, StreamingResponse } from "./connection.ts";
export {
  DIAGNOSTIC_NAMES,
  type DiagnosticMessages,
  type DiagnosticName,
  type EndMessage,
  type FirstEventMessage,
  onDiagnostic,
  type RefreshMessage,
  type RequestMessage,
  type RetryMessage,
  traceRefresh,
} from "./diagnostics.ts";
export {
  classifyFault,
  isSignInError,
  type ReadErrorOptions,
  readErrorResponse,
  readJson,
  type ServiceFacts,
} from "./errors.ts";
export { type EncodedBody, HttpConnection, type HttpConnectionOptions } from "./http-connection.ts";
export type { ModelOrder } from "./model-list.ts";
export { checkOptions, OPTION_NAMES, type OptionNames, type ResponsesTransportOptions } from "./options.ts";
export type { UnsupportedParameters } from "./parameters.ts";
export { ResponsesService, type ServiceConfig, type ServiceEvent } from "./responses-service.ts";
export { ResponsesTransport } from "./responses-transport.ts";
export { type EventDecoder, type RetryStreamOptions, retryStream } from "./retry-stream.ts";
export { userAgent } from "./user-agent.ts";
