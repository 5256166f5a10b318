export { type McpServerIo, runMcpServer } from "./run-mcp-server.ts";
