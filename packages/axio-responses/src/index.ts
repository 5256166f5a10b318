export { type ClassifyOptions, classifyResponseError, type WireError } from "./errors.ts";
export { RESPONSES_OWNER, type ResponsesData } from "./provider-data.ts";
export {
  buildRequestBody,
  DEFAULT_INSTRUCTIONS,
  type FunctionToolParam,
  type RequestBody,
  type RequestInput,
  type ToolParam,
} from "./request/body.ts";
export type {
  AssistantContent,
  AssistantMessageItem,
  CustomToolCallOutputItem,
  FunctionCallItem,
  FunctionCallOutputItem,
  InputContent,
  InputFilePart,
  InputImagePart,
  InputItem,
  InputTextPart,
  ReplayedItem,
  UserMessageItem,
} from "./request/input-items.ts";
export {
  type AdditionalToolsItem,
  type DeveloperMessageItem,
  type LiteRequestBody,
  type NamespaceToolParam,
  toLiteBody,
} from "./request/lite.ts";
export type { RequestOptions, ToolChoice } from "./request/options.ts";
export {
  createResponseDecoder,
  type ResponseDecoder,
  type ResponseDecoderOptions,
} from "./stream/decoder.ts";
export { parseWireEvent } from "./stream/wire-event.ts";
