import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AxioError, JsonObject } from "axio";
import type { PluginHost } from "axio/plugin";
import { callTool } from "test-support/call-tools";
import { expect, it, onTestFinished } from "vitest";
import { tools as plugin } from "../src/plugin.ts";
import { ENV, stdioServer, temporaryDirectory } from "./support/run.ts";

interface TestHost {
  readonly host: PluginHost;
  readonly warnings: (AxioError | string)[];
}

function createHost(directory: string, settings: JsonObject): TestHost {
  const warnings: (AxioError | string)[] = [];
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return {
    host: {
      appName: "Sample Tool",
      cwd: directory,
      settings,
      env: ENV,
      requestPermission: async () => ({ allowed: true }),
      onWarning: (warning) => void warnings.push(warning),
      signal: controller.signal,
    },
    warnings,
  };
}

async function open(testHost: TestHost) {
  const opened = await plugin.open(testHost.host);
  onTestFinished(() => opened.close?.());
  return opened;
}

function messages({ warnings }: TestHost): readonly string[] {
  return warnings.map((warning) => (typeof warning === "string" ? warning : warning.message));
}

const server = stdioServer() as unknown as JsonObject;

it("is declared in the manifest", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(manifest.axio).toEqual({ tools: { mcp: "./plugin#tools" } });
  expect(manifest.exports).toHaveProperty(["./plugin"]);
});

it("starts the servers of the settings and of a file with comments, in the working directory", async () => {
  const directory = await temporaryDirectory();
  const json = JSON.stringify({ mcpServers: { here: server, both: { command: "not this one" } } });
  await writeFile(join(directory, "mcp.json"), `// Ours\n${json}`);
  const testHost = createHost(directory, {
    file: "mcp.json",
    mcpServers: { both: server },
    startTimeoutSeconds: 60,
  });
  const opened = await open(testHost);
  await expect.poll(() => opened.tools.length, { timeout: 25_000 }).toBeGreaterThan(15);
  const tools = opened.tools.filter((tool) => tool.hosted === undefined);
  expect((await callTool(tools, "here__cwd")).text).toBe(directory);
  expect((await callTool(tools, "both__cwd")).text).toBe(directory);
  expect(messages(testHost).filter((message) => !message.includes("still starting"))).toEqual([]);
});

it("reports an invalid server and starts the others", async () => {
  const testHost = createHost(await temporaryDirectory(), { mcpServers: { a: { args: [] }, b: server } });
  const opened = await open(testHost);
  expect(messages(testHost)).toContain('mcpServers.a has neither a "command" nor a "url". Add one of them.');
  await expect.poll(() => opened.tools.map(({ name }) => name), { timeout: 25_000 }).toContain("b__echo");
});

it("reports a server that is still starting, and does not wait for it", async () => {
  const silent = { command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"] };
  const testHost = createHost(await temporaryDirectory(), { mcpServers: { silent } });
  await open(testHost);
  expect(messages(testHost)).toEqual([
    'The MCP server "silent" is still starting. Its tools are available when it is ready.',
  ]);
});

it.each([
  [
    '{\n  "mcpServers": {\n    "a": oops\n  }\n}',
    /mcp\.json, line 3: invalid symbol\. Fix the JSON there\.$/,
  ],
  ['{ "servers": {} }', /mcp\.json has no servers\. It needs \{ "mcpServers": \{ … \} \}\.$/],
])("reports the file, the line and the remedy: %j", async (text, expected) => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "mcp.json"), text);
  const testHost = createHost(directory, { file: "mcp.json" });
  expect((await open(testHost)).tools).toEqual([]);
  expect(messages(testHost)).toEqual([expect.stringMatching(expected)]);
});

it("reports a missing file and invalid settings", async () => {
  const directory = await temporaryDirectory();
  const testHost = createHost(directory, { file: "gone.json" });
  await open(testHost);
  expect(messages(testHost)[0]).toMatch(
    /gone\.json cannot be read\. Fix the setting "file", or remove it\.$/,
  );
  await expect(plugin.open(createHost(directory, { mcpServers: [] }).host)).rejects.toThrow(
    'The setting "mcpServers" must be an object: { … }.',
  );
  await expect(plugin.open(createHost(directory, { startTimeoutSeconds: "9" }).host)).rejects.toThrow(
    'The setting "startTimeoutSeconds" must be a number of seconds above 0.',
  );
});
