export type { UIMessageStreamOptions } from "./chunk-encoder.ts";
export type { UIChunk, UIFinishReason } from "./chunks.ts";
export { fromUIMessages } from "./from-ui-messages.ts";
export {
  toUIMessageStream,
  toUIMessageStreamResponse,
  type UIMessageStreamResponseOptions,
} from "./to-ui-message-stream.ts";
