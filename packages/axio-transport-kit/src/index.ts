export type { RetryNotice } from "axio/plugin";
export { MODELS_TTL_MS, UNKNOWN_CAPABILITIES } from "./account-models.ts";
export {
  type AuthorizedRequest,
  type AuthorizedResponse,
  authorizedRequest,
  type CredentialSource,
} from "./authorized-request.ts";
export { callbackSession, keySession, type ProvidedKey } from "./callback-session.ts";
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
export {
  type ModelCatalogue,
  parseModels,
  type RequestJson,
  type ServiceModels,
} from "./model-list.ts";
export {
  checkOptions,
  type OptionNames,
  RESPONSES_OPTION_NAMES,
  type ResponsesTransportOptions,
  TRANSPORT_OPTION_NAMES,
  type TransportOptions,
} from "./options.ts";
export type { UnsupportedParameters } from "./parameters.ts";
export { addPrice } from "./price.ts";
export { type ResponsesWireOptions, responsesWire, type ServiceEvent } from "./responses-wire.ts";
export { type EventDecoder, type RetryStreamOptions, retryStream } from "./retry-stream.ts";
export { ApiService, type ServiceConfig, type SmallRequest } from "./service.ts";
export { type RefuseSetting, sentSettings } from "./settings.ts";
export { ApiTransport } from "./transport.ts";
export { userAgent } from "./user-agent.ts";
export type { BodyContext, DecoderContext, TokenCount, WireFormat } from "./wire-format.ts";
