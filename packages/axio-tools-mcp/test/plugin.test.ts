import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AxioError, JsonObject } from "axio";
import type { PluginHost } from "axio/plugin";
import { callTool } from "test-support/call-tools";
import { expect, it, onTestFinished } from "vitest";
import { tools as plugin } from "../src/plugin.ts";
import { ENV, folder as newFolder, stdioServer } from "./support/run.ts";

interface Told {
  readonly host: PluginHost;
  readonly warnings: (AxioError | string)[];
}

function hostOf(folder: string, settings: JsonObject): Told {
  const warnings: (AxioError | string)[] = [];
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const ask = async () => ({ allowed: true }) as const;
  const warn = (warning: AxioError | string): void => void warnings.push(warning);
  return {
    host: {
      appName: "Sample Tool",
      cwd: folder,
      settings,
      env: ENV,
      requestPermission: ask,
      onWarning: warn,
      signal: controller.signal,
    },
    warnings,
  };
}

async function open(told: Told) {
  const opened = await plugin.open(told.host);
  onTestFinished(() => opened.close?.());
  return opened;
}

function messages({ warnings }: Told): readonly string[] {
  return warnings.map((warning) => (typeof warning === "string" ? warning : warning.message));
}

const server = stdioServer() as unknown as JsonObject;

it("is declared in the manifest under the name by which it is found", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(manifest.axio).toEqual({ tools: { mcp: "./plugin#tools" } });
  expect(manifest.exports).toHaveProperty(["./plugin"]);
});

it("opens the servers of the settings and of a file with comments, in the folder of the app", async () => {
  const folder = await newFolder();
  const json = JSON.stringify({ mcpServers: { here: server, both: { command: "not this one" } } });
  await writeFile(join(folder, "mcp.json"), `// Ours\n${json}`);
  const told = hostOf(folder, { file: "mcp.json", mcpServers: { both: server }, startTimeoutSeconds: 60 });
  const opened = await open(told);
  await expect.poll(() => opened.tools.length, { timeout: 25_000 }).toBeGreaterThan(15);
  const tools = opened.tools.filter((tool) => tool.hosted === undefined);
  expect((await callTool(tools, "here__where")).text).toBe(folder);
  expect((await callTool(tools, "both__where")).text).toBe(folder);
  expect(messages(told).filter((message) => !message.includes("still starting"))).toEqual([]);
});

it("names what is wrong with one server, and opens the others", async () => {
  const told = hostOf(await newFolder(), { mcpServers: { a: { args: [] }, b: server } });
  const opened = await open(told);
  expect(messages(told)).toContain('mcpServers.a has neither a "command" nor a "url". Give one of them.');
  await expect.poll(() => opened.tools.map(({ name }) => name), { timeout: 25_000 }).toContain("b__echo");
});

it("says which server is still starting, and does not wait for it", async () => {
  const silent = { command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"] };
  const told = hostOf(await newFolder(), { mcpServers: { silent } });
  await open(told);
  expect(messages(told)).toEqual([
    'The MCP server "silent" is still starting. Its tools are there once it is ready.',
  ]);
});

it.each([
  [
    '{\n  "mcpServers": {\n    "a": oops\n  }\n}',
    /mcp\.json, line 3: invalid symbol\. Correct the JSON there\.$/,
  ],
  ['{ "servers": {} }', /mcp\.json has no servers\. It needs \{ "mcpServers": \{ … \} \}\.$/],
])("names the file, the line and the remedy: %j", async (text, expected) => {
  const folder = await newFolder();
  await writeFile(join(folder, "mcp.json"), text);
  const told = hostOf(folder, { file: "mcp.json" });
  expect((await open(told)).tools).toEqual([]);
  expect(messages(told)).toEqual([expect.stringMatching(expected)]);
});

it("names a file that is not there, and settings that are wrong", async () => {
  const folder = await newFolder();
  const told = hostOf(folder, { file: "gone.json" });
  await open(told);
  expect(messages(told)[0]).toMatch(
    /gone\.json cannot be read\. Correct "file" in the settings, or remove it\.$/,
  );
  await expect(plugin.open(hostOf(folder, { mcpServers: [] }).host)).rejects.toThrow(
    'The setting "mcpServers" must be an object: { … }.',
  );
  await expect(plugin.open(hostOf(folder, { startTimeoutSeconds: "9" }).host)).rejects.toThrow(
    'The setting "startTimeoutSeconds" must be a number of seconds above 0.',
  );
});
