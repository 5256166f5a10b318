export { type ClassifyOptions, classifyResponseError, type WireError } from "./errors.ts";
export { RESPONSES_KEY, type ResponsesData } from "./provider-data.ts";
export {
  buildRequestBody,
  DEFAULT_INSTRUCTIONS,
  type IncludeParam,
  type RequestBody,
  type RequestInput,
} from "./request/body.ts";
export { LARGEST_FILE_BYTES, LARGEST_IMAGE_BYTES } from "./request/content-limits.ts";
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
  toLiteBody,
} from "./request/lite.ts";
export type { NamespaceToolParam } from "./request/namespace.ts";
export type { RequestOptions } from "./request/options.ts";
export type { TextFormatParam } from "./request/output-format.ts";
export { type PlanRequestBody, toPlanBody } from "./request/plan-body.ts";
export { type StrictSchema, strictSchema } from "./request/strict-schema.ts";
export type {
  CustomToolParam,
  FunctionToolParam,
  ImageGenerationToolParam,
  ToolChoiceParam,
  ToolParam,
  WebSearchToolParam,
} from "./request/tools.ts";
export {
  createResponseDecoder,
  type ResponseDecoder,
  type ResponseDecoderOptions,
} from "./stream/decoder.ts";
export { parseWireEvent } from "./stream/wire-event.ts";
