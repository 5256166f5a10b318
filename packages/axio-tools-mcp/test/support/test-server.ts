import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

/** Creates a server with a tool for each case that a client has to handle. */
export function testServer(): McpServer {
  const server = new McpServer({ name: "test", version: "1.0.0" });
  const empty = z.object({});
  const result = (text: string) => ({ content: [{ type: "text" as const, text }] });

  server.registerTool(
    "echo",
    {
      description: "Returns the text.",
      inputSchema: z.object({ text: z.string() }),
      annotations: { readOnlyHint: true },
    },
    ({ text }) => result(text),
  );
  server.registerTool("variables", { inputSchema: empty }, () => result(JSON.stringify(process.env)));
  server.registerTool("cwd", { inputSchema: empty }, () => result(process.cwd()));
  server.registerTool("image", { inputSchema: empty }, () => ({
    content: [
      { type: "text", text: "A pixel:" },
      { type: "image", mimeType: "image/png", data: "iVBORw0K" },
    ],
  }));
  server.registerTool("fail", { inputSchema: empty, annotations: { destructiveHint: true } }, () => ({
    ...result("It did not work."),
    isError: true,
  }));
  server.registerTool("exit", { inputSchema: empty }, () => {
    process.stderr.write(`leaving with ${process.env["SECRET"]}\n`);
    process.exit(3);
  });
  server.registerTool("long", { inputSchema: empty }, () => result("x".repeat(1_000_000)));
  server.registerTool("dotted.name", { inputSchema: empty }, () => result("dotted"));
  server.registerTool("register", { inputSchema: z.object({ name: z.string() }) }, ({ name }) => {
    server.registerTool(name, { inputSchema: empty }, () => result(`I am ${name}.`));
    return result("Registered.");
  });
  server.registerTool("child", { inputSchema: empty }, () => {
    const child = spawn(
      "/bin/sh",
      ["-c", "trap '' TERM HUP INT; for i in $(seq 2400); do sleep 0.05; done"],
      {
        stdio: "ignore",
      },
    );
    return result(`${process.pid} ${child.pid}`);
  });
  server.registerTool("wait", { inputSchema: z.object({ mark: z.string() }) }, async ({ mark }, context) => {
    const { progressToken } = context.mcpReq._meta ?? {};
    if (progressToken !== undefined) {
      await context.mcpReq.notify({
        method: "notifications/progress",
        params: { progressToken, progress: 1, total: 2, message: "half way" },
      });
    }
    await new Promise<void>((resolve) => context.mcpReq.signal.addEventListener("abort", () => resolve()));
    writeFileSync(mark, "aborted");
    return result("not sent");
  });
  return server;
}
