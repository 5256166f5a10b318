import { setTimeout as wait } from "node:timers/promises";
import { AxioError, isJsonObject, type JsonObject } from "axio";
import type { PluginHost, ToolsPlugin } from "axio/plugin";
import { readConfigFile } from "./config-file.ts";
import { openMcpTools } from "./mcp-tools.ts";
import { type McpServerConfig, readMcpServers } from "./server-config.ts";

// How long the app waits for servers before it opens without them.
const OPEN_TIMEOUT_MS = 3_000;

/**
 * The plugin `mcp`. Settings: `mcpServers`, in the common format; `file`, the path of a JSON file with a member `mcpServers`;
 * `startTimeoutSeconds`.
 */
export const tools: ToolsPlugin = {
  title: "MCP servers",
  open: async (host) => {
    const { requestPermission, env, signal, settings } = host;
    const startTimeoutMs = readStartTimeoutMs(settings);
    const servers = await readServers(host);
    const opened = openMcpTools({
      servers,
      requestPermission,
      requestsAllowed: true,
      env,
      signal,
      startTimeoutMs,
      onWarning: (warning) => host.onWarning(warning),
    });
    const done = new AbortController();
    await Promise.race([
      opened.started,
      wait(OPEN_TIMEOUT_MS, undefined, { signal: done.signal }).catch(() => undefined),
    ]);
    done.abort();
    for (const name of opened.pending) {
      host.onWarning(`The MCP server "${name}" is still starting. Its tools are available when it is ready.`);
    }
    return opened;
  },
};

async function readServers(host: PluginHost): Promise<Readonly<Record<string, McpServerConfig>>> {
  const { settings, env, cwd: directory } = host;
  const { file, mcpServers = {} } = settings;
  if (!isJsonObject(mcpServers)) throw settingError("mcpServers", "must be an object: { … }");
  if (file !== undefined && typeof file !== "string")
    throw settingError("file", "must be a string: the path of a file");
  const fromFile = file === undefined ? {} : await readFileMembers(file, host);
  const servers: Record<string, McpServerConfig> = {};
  const sources = [[`${file}: mcpServers`, fromFile] as const, ["mcpServers", mcpServers] as const];
  for (const [label, members] of sources) {
    for (const [name, member] of Object.entries(members)) {
      try {
        delete servers[name];
        const read = readMcpServers({ [name]: member }, { label, env })[name];
        if (read === undefined) continue;
        // Like other MCP programs, start servers in the working directory.
        servers[name] = "command" in read && read.cwd === undefined ? { ...read, cwd: directory } : read;
      } catch (error) {
        if (!AxioError.is(error)) throw error;
        host.onWarning(error);
      }
    }
  }
  return servers;
}

async function readFileMembers(file: string, host: PluginHost): Promise<JsonObject> {
  try {
    return await readConfigFile(file, host.cwd);
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    host.onWarning(error);
    return {};
  }
}

function readStartTimeoutMs({ startTimeoutSeconds }: JsonObject): number | undefined {
  if (startTimeoutSeconds === undefined) return undefined;
  if (typeof startTimeoutSeconds === "number" && startTimeoutSeconds > 0) return startTimeoutSeconds * 1_000;
  throw settingError("startTimeoutSeconds", "must be a number of seconds above 0");
}

function settingError(name: string, problem: string): AxioError {
  return new AxioError("invalid-argument", `The setting "${name}" ${problem}.`);
}
