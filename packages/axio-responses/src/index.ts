export { type ClassifyOptions, classifyResponseError, type ErrorClass, type WireError } from "./errors.ts";
export { RESPONSES_KEY } from "./provider-data.ts";
export { buildRequestBody, type RequestBody, type RequestInput } from "./request/body.ts";
export { newestUserMessage, readHistory } from "./request/history.ts";
export type { InputItem } from "./request/input-items.ts";
export { LARGEST_FILE_BYTES, LARGEST_IMAGE_BYTES } from "./request/media.ts";
export { type NamespaceToolParam, toNamespace } from "./request/namespace.ts";
export type { RequestOptions } from "./request/options.ts";
export type { ToolParam } from "./request/tools.ts";
export { requestWarnings } from "./request/warnings.ts";
export {
  createResponseDecoder,
  type ResponseDecoder,
  type ResponseDecoderOptions,
} from "./stream/decoder.ts";
export { blocksOf, type ItemBlock } from "./stream/item-blocks.ts";
export { parseWireEvent } from "./stream/wire-event.ts";
