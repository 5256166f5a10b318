export type { ApiKeyCredentials } from "axio-auth";
export { ANTHROPIC_MODELS } from "./models/model-list.ts";
export type { AnthropicTransportOptions } from "./options.ts";
export { profileStore } from "./profile-store.ts";
export { ANTHROPIC_KEY } from "./provider-data.ts";
export type { CacheLifetime, CacheOptions, ThinkingDisplay, ThinkingOption } from "./request/options.ts";
export {
  codeExecutionTool,
  deferLoading,
  type McpServerSettings,
  mcpServerTool,
  toolSearchTool,
  type WebFetchSettings,
  webFetchTool,
  withTrainedDefinition,
} from "./server-tools.ts";
export { AnthropicTransport } from "./transport.ts";
