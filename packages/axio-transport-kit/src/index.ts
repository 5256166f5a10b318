export { AccountModels, type AccountModelsOptions } from "./account-models.ts";
export { Answers, type AnswersOptions } from "./answers.ts";
export { type AuthorizedRequest, authorizedRequest, type EncodedBody } from "./authorized-request.ts";
export { Backend, type BackendOptions } from "./backend.ts";
export type { Connection, ResponseRequest } from "./connection.ts";
export type { BearerCredentials } from "./credentials.ts";
export type { StreamingResponse } from "./decode-response.ts";
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
export { classifyFault, type ErrorReading, type FaultContext, readErrorResponse } from "./error-response.ts";
export {
  type BodyInput,
  HttpConnection,
  type HttpConnectionOptions,
} from "./http-connection.ts";
export { optional, readNumber, readObject, readString } from "./json-members.ts";
export { MODELS_TTL_MS } from "./model-cache.ts";
export type { ModelOrder } from "./model-list.ts";
export { checkNumbers, type ResponsesTransportOptions } from "./options.ts";
export {
  type PartitionedParameters,
  partitionParameters,
  type UnsupportedParameters,
  withParameters,
} from "./parameters.ts";
export { readJson } from "./read-json.ts";
export { type ResponsesBodyInput, responsesBody } from "./responses-body.ts";
export { ResponsesTransport, type ResponsesTransportParts } from "./responses-transport.ts";
export { isSignInError } from "./sign-in-errors.ts";
export { userAgent } from "./user-agent.ts";
