export type { Unsupported } from "axio-inbound";
export {
  axioOpenAI,
  createOpenAIFetch,
  type OpenAIClientOptions,
  type OpenAIFetchOptions,
} from "./client.ts";
export {
  MemoryResponseStore,
  type MemoryResponseStoreOptions,
  type ResponseStore,
  type StoredResponse,
} from "./server/response-store.ts";
