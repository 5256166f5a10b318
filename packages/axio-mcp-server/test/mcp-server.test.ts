import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { builtPackages } from "test-support/workspace/built-packages";
import { bundledPlugin } from "test-support/workspace/bundled-plugin";
import { afterAll, beforeAll, expect, test } from "vitest";

const PLUGIN = join(import.meta.dirname, "../../axio-acp/test/support/scripted-plugin");

let root: string;
let folder: string;
let client: Client;
/** The progress messages of the server. */
const progress: unknown[] = [];

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "axio-mcp-")));
  folder = join(root, "folder");
  const state = join(root, "state", "axio");
  await mkdir(state, { recursive: true });
  await mkdir(folder);
  await writeFile(join(folder, "a.txt"), "content of a\n");
  const plugin = join(root, "plugin");
  await bundledPlugin(PLUGIN, plugin);
  await writeFile(join(state, "settings.json"), JSON.stringify({ version: 1, plugins: [plugin] }));
  await writeFile(join(root, "signed-in"), "");
  client = new Client({ name: "test", version: "1.0.0" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(await builtPackages(), "axio-mcp-server", "dist", "bin.js")],
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: root,
      XDG_STATE_HOME: join(root, "state"),
      XDG_CONFIG_HOME: join(root, "config"),
      npm_config_prefix: join(root, "prefix"),
    },
  });
  await client.connect(transport);
  // The client drops progress that arrives together with the result.
  const { onmessage } = transport;
  transport.onmessage = (message) => {
    if ("method" in message && message.method === "notifications/progress")
      progress.push(message.params?.["message"]);
    onmessage?.(message);
  };
});

afterAll(async () => {
  await client.close();
  await rm(root, { recursive: true, force: true });
});

test("lists its tools, and says that they change nothing", async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
    ["ask", true],
    ["models", true],
    ["sessions", true],
  ]);
});

test("answers, and continues the session", async () => {
  const first = await client.callTool({ name: "ask", arguments: { prompt: "say hello" } });
  expect(first.content).toEqual([{ type: "text", text: "You said: say hello" }]);
  expect(first.structuredContent).toMatchObject({
    text: "You said: say hello",
    endReason: "end",
    provider: "scripted",
    model: "large",
    usage: { inputTokens: 10, outputTokens: 5 },
    denied: [],
  });
  const { session } = first.structuredContent as { readonly session: string };
  const second = await client.callTool({
    name: "ask",
    arguments: { prompt: "model", session, model: "small" },
  });
  expect(second.structuredContent).toMatchObject({ text: "small none", session });
  const listed = await client.callTool({ name: "sessions", arguments: {} });
  expect(listed.structuredContent).toMatchObject({ sessions: [{ session, title: "say hello", folder }] });
});

test("gives the inner agent tools that look, and reports progress", async () => {
  progress.splice(0);
  const onprogress = (): void => undefined;
  const answered = await client.callTool(
    { name: "ask", arguments: { prompt: 'call read_file {"path":"a.txt"}' } },
    { onprogress },
  );
  expect(answered.structuredContent).toMatchObject({ text: "Done.", steps: 2 });
  expect(progress).toEqual(["scripted: large", "Calls read_file", "read_file is done", "Answered"]);
  const changes = await client.callTool(
    { name: "ask", arguments: { prompt: 'call shell {"command":"touch b.txt"}' } },
    { onprogress },
  );
  expect(changes.structuredContent).toMatchObject({ text: "Done." });
  expect(progress.at(-2)).toBe("shell failed");
});

test("stops the run when the call is canceled", async () => {
  const controller = new AbortController();
  const call = client.callTool(
    { name: "ask", arguments: { prompt: "wait" } },
    { signal: controller.signal, onprogress: () => controller.abort() },
  );
  await expect(call).rejects.toThrow();
  const next = await client.callTool({ name: "ask", arguments: { prompt: "say next" } });
  expect(next.structuredContent).toMatchObject({ text: "You said: say next" });
});

test("answers failures with their code and a message", async () => {
  const failed = await client.callTool({ name: "ask", arguments: { prompt: "fail usage-limit" } });
  expect(failed).toMatchObject({
    isError: true,
    content: [{ text: "The service says: usage-limit." }],
    structuredContent: { error: { code: "usage-limit" } },
  });
  const unknown = await client.callTool({ name: "ask", arguments: { prompt: "say x", session: "none" } });
  expect(unknown).toMatchObject({
    isError: true,
    structuredContent: { error: { code: "invalid-argument" } },
  });
  const early = await client.callTool({ name: "ask", arguments: { prompt: "end max-output-tokens" } });
  expect(early).toMatchObject({ isError: true, structuredContent: { endReason: "max-output-tokens" } });
});

test("lists the models that can be asked", async () => {
  const { structuredContent } = await client.callTool({ name: "models", arguments: {} });
  expect(structuredContent).toEqual({
    models: [
      { provider: "scripted", model: "large", name: "Large", efforts: ["low", "high"] },
      { provider: "scripted", model: "small", name: "Small", efforts: [] },
    ],
  });
});

test("an argument that does not exist is named", async () => {
  const result = await client.callTool({ name: "ask", arguments: { prompt: "Hi", sessionId: "s" } });
  expect(result.isError).toBe(true);
  expect(JSON.stringify(result.content)).toContain("sessionId");
});
