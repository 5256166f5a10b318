export {
  DIALECTS,
  type Dialect,
  type DialectId,
  type DialectOptions,
  defineDialect,
  GENERIC_DIALECT,
} from "axio-chat-completions";
export { DEFAULT_MODEL, USAGE_PAGE } from "./config.ts";
export { OPENAI_MODELS } from "./models/openai-models.ts";
export type { AzureOpenAIOptions, ServerOptions, ServerTransportOptions } from "./options.ts";
export { serverStore } from "./profile-store.ts";
export type { ModelListFormat, Server, ServerApi, ServerId } from "./servers/server.ts";
export { SERVERS } from "./servers/servers.ts";
export {
  AzureOpenAITransport,
  NebiusTransport,
  OpenAITransport,
  OpenRouterTransport,
  ServerTransport,
} from "./transport.ts";
