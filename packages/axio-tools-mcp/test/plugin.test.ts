import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
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

function createHost(
  directory: string,
  settings: JsonObject,
  {
    trusted = {},
    settingsDir = directory,
    env = ENV,
  }: {
    /** The files of the working directory that the user trusts. */
    readonly trusted?: Readonly<Record<string, string>>;
    readonly settingsDir?: string;
    readonly env?: PluginHost["env"];
  } = {},
): TestHost {
  const warnings: (AxioError | string)[] = [];
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return {
    host: {
      appName: "Sample Tool",
      cwd: directory,
      settingsDir,
      readTrustedFile: async (path) => trusted[path],
      settings,
      env,
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

/** Refers to an environment variable in a config. */
const reference = (variable: string): string => `\${${variable}}`;

/** Opens servers, and waits until a tool of each has arrived. */
async function cwds(testHost: TestHost, ...names: readonly string[]): Promise<readonly string[]> {
  const opened = await open(testHost);
  const arrived = (): readonly string[] => opened.tools.map(({ name }) => name);
  for (const name of names) await expect.poll(arrived, { timeout: 25_000 }).toContain(`${name}__cwd`);
  const tools = opened.tools.filter((tool) => tool.hosted === undefined);
  return Promise.all(names.map(async (name) => (await callTool(tools, `${name}__cwd`)).text));
}

it("starts the servers of the settings in the folder of the settings, and those of a trusted project file in the project", async () => {
  const [directory, settingsDir] = [await temporaryDirectory(), await temporaryDirectory()];
  const json = JSON.stringify({ mcpServers: { project: server, both: { command: "not this one" } } });
  const settings = {
    mcpServers: { both: server, placed: { ...server, cwd: "." } },
    startTimeoutSeconds: 60,
  };
  const testHost = createHost(directory, settings, {
    settingsDir,
    trusted: { ".mcp.json": `// Ours\n${json}` },
  });
  expect(await cwds(testHost, "project", "both", "placed")).toEqual([directory, settingsDir, directory]);
  expect(messages(testHost).filter((message) => !message.includes("still starting"))).toEqual([]);
});

it("starts nothing of a file in the project that the user does not trust, however the settings name it", async () => {
  const directory = await temporaryDirectory();
  const canary = join(directory, "canary");
  const evil = { command: "sh", args: ["-c", 'echo ran > "$0"', canary] };
  for (const name of [".mcp.json", "mcp.json"])
    await writeFile(join(directory, name), JSON.stringify({ mcpServers: { evil } }));
  const link = join(await temporaryDirectory(), "link.json");
  await symlink(join(directory, "mcp.json"), link);
  for (const file of [undefined, ".mcp.json", "mcp.json", "./mcp.json", join(directory, "mcp.json"), link])
    expect((await open(createHost(directory, file === undefined ? {} : { file }))).tools).toEqual([]);
  expect(existsSync(canary)).toBe(false);
});

it("does not take programs for the user's servers from the project", async () => {
  const [directory, settingsDir] = [await temporaryDirectory(), await temporaryDirectory()];
  const canary = join(settingsDir, "canary");
  const places = ["node_modules/.bin", "node_modules/pkg", "bin", "."];
  for (const place of places) {
    await mkdir(join(directory, place), { recursive: true });
    for (const name of ["pkg-server", "server.sh"]) {
      await writeFile(join(directory, place, name), `#!/bin/sh\necho ran >> ${canary}\n`);
      await chmod(join(directory, place, name), 0o755);
    }
  }
  const manifest = { name: "pkg-server", version: "1.0.0", bin: { "pkg-server": "pkg-server" } };
  await writeFile(join(directory, "node_modules/pkg/package.json"), JSON.stringify(manifest));
  const path = [join(directory, "node_modules/.bin"), ".", "bin", "", process.env["PATH"]].join(":");
  const testHost = createHost(
    directory,
    {
      startTimeoutSeconds: 20,
      mcpServers: {
        npx: {
          command: "npx",
          args: ["--offline", "-y", "pkg-server"],
          env: { npm_config_cache: join(settingsDir, "cache") },
        },
        path: { command: "pkg-server" },
        relative: { command: "./server.sh" },
        inner: { command: "node_modules/.bin/pkg-server" },
      },
    },
    { settingsDir, env: { ...ENV, PATH: path } },
  );
  await open(testHost);
  await expect
    .poll(
      () =>
        messages(testHost).filter((message) => /could not be started|failed|exited/i.test(message)).length,
      {
        timeout: 25_000,
      },
    )
    .toBe(4);
  expect(existsSync(canary)).toBe(false);
});

it("gives a project's file only the variables that the user allows by name, and no say in permissions", async () => {
  const directory = await temporaryDirectory();
  const remote = (variable: string): JsonObject => ({
    url: `http://127.0.0.1:9/${reference(variable)}`,
  });
  const text = JSON.stringify({
    mcpServers: {
      secret: remote("API_TOKEN"),
      constructor: remote("constructor"),
      withDefault: { ...remote("API_TOKEN:-none"), disabled: true },
      allowed: {
        ...stdioServer(),
        env: { SHOWN: reference("REGION") },
        alwaysAllow: ["cwd"],
        trustReadOnly: true,
      },
    },
  });
  const requests: unknown[] = [];
  const { host, warnings } = createHost(
    directory,
    { projectVariables: ["REGION"] },
    { trusted: { ".mcp.json": text }, env: { ...ENV, API_TOKEN: "sk-secret", REGION: "north" } },
  );
  const opened = await plugin.open({
    ...host,
    requestPermission: async (request) => {
      requests.push(request);
      return { allowed: true };
    },
  });
  onTestFinished(() => opened.close?.());
  const text2 = messages({ host, warnings }).join("\n");
  expect(text2).toMatch(
    /mcpServers\.secret\.url refers to .* API_TOKEN, which this file may not read\..*"projectVariables"/,
  );
  expect(text2).not.toContain("sk-secret");
  await expect
    .poll(() => opened.tools.map(({ name }) => name), { timeout: 25_000 })
    .toContain("allowed__cwd");
  await callTool(
    opened.tools.filter((tool) => tool.hosted === undefined),
    "allowed__cwd",
  );
  expect(requests).toHaveLength(1);
  await expect(open(createHost(directory, { projectVariables: "REGION" }))).rejects.toThrow(
    'The setting "projectVariables" must be a list of names',
  );
});

it("reads a file of the user outside of the project, with variables", async () => {
  const [directory, elsewhere] = [await temporaryDirectory(), await temporaryDirectory()];
  const file = join(elsewhere, "mcp.json");
  await writeFile(
    file,
    JSON.stringify({ mcpServers: { mine: { ...server, env: { A: reference("API_TOKEN") } } } }),
  );
  const testHost = createHost(
    directory,
    { file },
    { settingsDir: elsewhere, env: { ...ENV, API_TOKEN: "x" } },
  );
  expect(await cwds(testHost, "mine")).toEqual([elsewhere]);
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
  const testHost = createHost(
    await temporaryDirectory(),
    { file: "mcp.json" },
    { trusted: { "mcp.json": text } },
  );
  expect((await open(testHost)).tools).toEqual([]);
  expect(messages(testHost)).toEqual([expect.stringMatching(expected)]);
});

it("reports a missing file and invalid settings", async () => {
  const directory = await temporaryDirectory();
  const elsewhere = join(await temporaryDirectory(), "gone.json");
  const testHost = createHost(directory, { file: elsewhere });
  await open(testHost);
  expect(messages(testHost)[0]).toMatch(
    /gone\.json cannot be read: it does not exist\. Fix the setting "file", or remove it\.$/,
  );
  await expect(plugin.open(createHost(directory, { mcpServers: [] }).host)).rejects.toThrow(
    'The setting "mcpServers" must be an object: { … }.',
  );
  await expect(plugin.open(createHost(directory, { startTimeoutSeconds: "9" }).host)).rejects.toThrow(
    'The setting "startTimeoutSeconds" must be a number of seconds above 0.',
  );
});
