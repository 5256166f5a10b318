export { AccountModels, type AccountModelsOptions } from "./account-models.ts";
export { type AuthorizedRequest, authorizedRequest, type EncodedBody } from "./authorized-request.ts";
export { Backend, type BackendOptions } from "./backend.ts";
export { assertContent, assertEffort } from "./check-request.ts";
export type { BearerCredentials } from "./credentials.ts";
export { type AnswerReader, decodeAnswer, type OpenAnswer } from "./decode-answer.ts";
export {
  CallTrace,
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
export { openEventStream, type StreamCall } from "./event-stream.ts";
export { namingHostedTools } from "./hosted-tool-error.ts";
export { known, member, number, text } from "./json-members.ts";
export { MODELS_TTL_MS } from "./model-cache.ts";
export { modelOf, UNKNOWN_CAPABILITIES } from "./model-choice.ts";
export { type ModelCatalogue, type ModelOrder, parseModels } from "./model-list.ts";
export { checkNumbers, type ResponsesTransportOptions } from "./options.ts";
export { readJson } from "./read-json.ts";
export { isUnreadableReasoning, ReasoningFilter, reasoningOrigin, tagReasoning } from "./reasoning-origin.ts";
export { type RetryOptions, retryPolicyOf } from "./retry-policy.ts";
export { sessionKey } from "./session-key.ts";
export { isSignInError } from "./sign-in-errors.ts";
