export { type McpTools, type McpToolsOptions, mcpTools } from "./mcp-tools.ts";
export {
  type HttpServerConfig,
  type McpServerConfig,
  type McpServers,
  type ReadServersOptions,
  readMcpServers,
  type StdioServerConfig,
} from "./server-config.ts";
