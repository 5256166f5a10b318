// An MCP server over standard input and output with one tool, which returns its working directory and its argument.
import { createInterface } from "node:readline";

const results = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "own", version: "1.0.0" },
  }),
  "tools/list": () => ({ tools: [{ name: "where", inputSchema: { type: "object" } }] }),
  "tools/call": () => ({ content: [{ type: "text", text: `${process.cwd()} ${process.argv[2]}` }] }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  const result = results[method]?.(params);
  if (id !== undefined)
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result: result ?? {} })}\n`);
}
