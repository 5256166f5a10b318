import { createInterface } from "node:readline";

// Usage: JSON. A server that answers with what the JSON says, also if that is not valid: { tools, content, pageSize }.
const { tools, content, crash } = JSON.parse(process.argv[2] ?? "{}");
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result: unknown) =>
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
  if (method === "initialize") {
    const serverInfo = { name: "raw", version: "1.0.0" };
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  } else if (method === "tools/list") {
    const at = Number(params?.cursor ?? 0);
    const page = tools.slice(at, at + 10);
    answer({ tools: page, ...(at + 10 < tools.length && { nextCursor: String(at + 10) }) });
    if (crash && at + 10 >= tools.length) {
      process.stderr.write(`panic: ${crash}\n`, () => setTimeout(() => process.exit(1), 100));
    }
  } else if (method === "tools/call") {
    if (params.name === "slow") return;
    if (params.name === "large") answer({ content: [{ type: "text", text: "x".repeat(10_000_000) }] });
    else answer({ content });
  } else answer({});
});
