// A tool of an MCP server that runs on the same runtime.
import { Agent } from "axio";
import { mcpTools } from "axio-tools-mcp";
import { CodexTransport } from "axio-transport-codex";
import { connection } from "./environment.ts";

const args = JSON.parse(process.env["AXIO_TEST_RUNTIME_ARGS"] ?? "[]") as string[];
const server = { command: process.execPath, args: [...args, process.env["AXIO_TEST_MCP_SERVER"] ?? ""] };
const mcp = await mcpTools({
  servers: { test: server },
  requestPermission: async () => ({ allowed: true }),
  onWarning: (warning) => console.error(warning.message),
});
const agent = new Agent({ transport: new CodexTransport(connection), tools: mcp.tools });
console.log((await agent.run('call test__echo {"text":"hi"}\nthen\nsay {{result 1}}')).text);
await mcp.close();
