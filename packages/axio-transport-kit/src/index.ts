export { AccountModels, type AccountModelsOptions } from "./account-models.ts";
export type { AnswerChannel, AnswerQuestion } from "./answer-channel.ts";
export { Answers, type AnswersOptions } from "./answers.ts";
export { type AuthorizedRequest, authorizedRequest, type EncodedBody } from "./authorized-request.ts";
export { Backend, type BackendOptions } from "./backend.ts";
export type { BearerCredentials } from "./credentials.ts";
export type { OpenAnswer } from "./decode-answer.ts";
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
export { classifyFault, type ErrorReading, type FaultFacts, readErrorResponse } from "./error-response.ts";
export {
  type BodyInput,
  EventStreamChannel,
  type EventStreamChannelOptions,
} from "./event-stream-channel.ts";
export { known, member, number, text } from "./json-members.ts";
export { MODELS_TTL_MS } from "./model-cache.ts";
export type { ModelOrder } from "./model-list.ts";
export { checkNumbers, type ResponsesTransportOptions } from "./options.ts";
export {
  type RefusedParameters,
  type SortedParameters,
  sortParameters,
  withParameters,
} from "./parameters.ts";
export { readJson } from "./read-json.ts";
export { type ResponsesBodyInput, responsesBody } from "./responses-body.ts";
export { ResponsesTransport, type ResponsesTransportParts } from "./responses-transport.ts";
export { isSignInError } from "./sign-in-errors.ts";
export { userAgent } from "./user-agent.ts";
