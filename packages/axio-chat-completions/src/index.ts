export { adaptDialect } from "./dialect/adapt-dialect.ts";
export {
  type Dialect,
  type DialectOptions,
  defineDialect,
  GENERIC_DIALECT,
  type OptionalParameter,
  type ToolCallIdRule,
} from "./dialect/dialect.ts";
export { DIALECTS, type DialectId } from "./dialect/dialects.ts";
export type { ErrorKind, ErrorRule } from "./dialect/error-kinds.ts";
export type { ReasoningDialect } from "./dialect/reasoning-dialect.ts";
export { classifyChatError, type ErrorContext } from "./errors/classify-error.ts";
export { CHAT_KEY } from "./provider-data.ts";
export { readRateLimits } from "./rate-limits.ts";
export { buildChatBody, type ChatBody, type ChatRequest } from "./request/body.ts";
export type {
  AssistantMessage,
  AudioPart,
  ChatMessage,
  ContentPart,
  FilePart,
  ImagePart,
  SystemMessage,
  TextPart,
  ThinkingPart,
  ToolCallParam,
  ToolMessage,
  UserMessage,
} from "./request/chat-message.ts";
export { isOpenAIReasoningModel, needsResponsesApi, refusesSetting } from "./request/openai-models.ts";
export type { ReasoningOptions, RequestOptions } from "./request/options.ts";
export type { ResponseFormatParam } from "./request/output-format.ts";
export { ToolNames } from "./request/tool-names.ts";
export type { ToolChoiceParam, ToolParam } from "./request/tools.ts";
export { requestWarnings } from "./request/warnings.ts";
export { type ChatDecoder, type ChatDecoderOptions, createChatDecoder } from "./stream/decoder.ts";
export type { ResponseFacts } from "./stream/response-facts.ts";
