export {
  type ChatEncoder,
  type ChatEncoderOptions,
  createChatEncoder,
} from "./chat/encoder.ts";
export type { FindReasoning } from "./chat/read-messages.ts";
export { type ChatRequest, type ReadChatOptions, readChatRequest } from "./chat/read-request.ts";
export {
  createMessagesEncoder,
  type MessagesEncoder,
  type MessagesEncoderOptions,
  messagesError,
} from "./messages/encoder.ts";
export { type MessagesRequest, readMessagesRequest } from "./messages/read-request.ts";
export {
  createResponsesEncoder,
  type ResponsesEncoder,
  type ResponsesEncoderOptions,
} from "./responses/encoder.ts";
export type { FindItem } from "./responses/read-items.ts";
export {
  type ReadResponsesOptions,
  type ResponsesRequest,
  readResponsesRequest,
} from "./responses/read-request.ts";
export type { ResponseIdentity } from "./responses/response-object.ts";
export { deriveConversationId } from "./shared/conversation-id.ts";
export { openBlock, openProviderData, sealBlock, sealProviderData } from "./shared/envelope.ts";
export { toEventText, toNamedEventText } from "./shared/event-text.ts";
export { type Failure, failureOf } from "./shared/failure.ts";
export { imageGenerationSettings, webSearchSettings } from "./shared/hosted-settings.ts";
export type { InboundRequest } from "./shared/inbound-request.ts";
export { fileOfData, imageOfUrl } from "./shared/media.ts";
export { parseInput } from "./shared/parse-input.ts";
export { nearestEffort } from "./shared/reasoning-effort.ts";
export { type FittedRequest, fitSettings, type SettingMembers } from "./shared/settings.ts";
export { assertSupported, type Unsupported } from "./shared/unsupported.ts";
