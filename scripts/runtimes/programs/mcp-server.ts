// An MCP server on standard input and output.
import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const server = new McpServer({ name: "test", version: "1.0.0" });
server.registerTool("echo", { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
  content: [{ type: "text", text: `echo ${text}` }],
}));
await server.connect(new StdioServerTransport());
