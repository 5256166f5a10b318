import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

/** A server with a tool for each thing that a client has to stand. */
export function testServer(): McpServer {
  const server = new McpServer({ name: "test", version: "1.0.0" });
  const none = z.object({});
  const say = (text: string) => ({ content: [{ type: "text" as const, text }] });

  server.registerTool(
    "echo",
    {
      description: "Says it again.",
      inputSchema: z.object({ text: z.string() }),
      annotations: { readOnlyHint: true },
    },
    ({ text }) => say(text),
  );
  server.registerTool("variables", { inputSchema: none }, () => say(JSON.stringify(process.env)));
  server.registerTool("where", { inputSchema: none }, () => say(process.cwd()));
  server.registerTool("picture", { inputSchema: none }, () => ({
    content: [
      { type: "text", text: "A pixel:" },
      { type: "image", mimeType: "image/png", data: "iVBORw0K" },
    ],
  }));
  server.registerTool("fail", { inputSchema: none, annotations: { destructiveHint: true } }, () => ({
    ...say("It did not work."),
    isError: true,
  }));
  server.registerTool("exit", { inputSchema: none }, () => {
    process.stderr.write(`leaving with ${process.env["SECRET"]}\n`);
    process.exit(3);
  });
  server.registerTool("long", { inputSchema: none }, () => say("x".repeat(1_000_000)));
  server.registerTool("dotted.name", { inputSchema: none }, () => say("dotted"));
  server.registerTool("learn", { inputSchema: z.object({ name: z.string() }) }, ({ name }) => {
    server.registerTool(name, { inputSchema: none }, () => say(`I am ${name}.`));
    return say("Learnt.");
  });
  server.registerTool("child", { inputSchema: none }, () => {
    const child = spawn(
      "/bin/sh",
      ["-c", "trap '' TERM HUP INT; for i in $(seq 2400); do sleep 0.05; done"],
      {
        stdio: "ignore",
      },
    );
    return say(`${process.pid} ${child.pid}`);
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
    writeFileSync(mark, "cancelled");
    return say("never read");
  });
  return server;
}
