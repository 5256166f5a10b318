import { setTimeout as wait } from "node:timers/promises";
import { AxioError, isJsonObject, type JsonObject } from "axio";
import type { PluginHost, ToolsPlugin } from "axio/plugin";
import { openMcpTools } from "./mcp-tools.ts";
import { readConfigFile } from "./read-config-file.ts";
import { type McpServerConfig, readMcpServers } from "./server-config.ts";

// How long the app waits before it opens without those that are still starting.
const PATIENCE_MS = 3_000;

/**
 * The tools of MCP servers as an app finds them. Settings: `mcpServers`, in the form that MCP programs share; `file`, one that
 * holds such a member; `startTimeoutSeconds`.
 */
export const tools: ToolsPlugin = {
  title: "MCP servers",
  open: async (host) => {
    const { requestPermission: ask, env, signal, settings } = host;
    const startTimeoutSeconds = readTimeout(settings);
    const servers = await readServers(host);
    const opened = openMcpTools({
      servers,
      ask,
      env,
      signal,
      startTimeoutSeconds,
      warn: (warning) => host.onWarning(warning),
    });
    const over = new AbortController();
    await Promise.race([
      opened.started,
      wait(PATIENCE_MS, undefined, { signal: over.signal }).catch(() => undefined),
    ]);
    over.abort();
    for (const name of opened.pending) {
      host.onWarning(`The MCP server "${name}" is still starting. Its tools are there once it is ready.`);
    }
    return opened;
  },
};

async function readServers(host: PluginHost): Promise<Readonly<Record<string, McpServerConfig>>> {
  const { settings, env, cwd: folder } = host;
  const { file, mcpServers = {} } = settings;
  if (!isJsonObject(mcpServers)) throw settingError("mcpServers", "must be an object: { … }");
  if (file !== undefined && typeof file !== "string")
    throw settingError("file", "must be a text: the path of a file");
  const fromFile = file === undefined ? {} : await readFileMembers(file, host);
  const servers: Record<string, McpServerConfig> = {};
  const sources = [[`${file}: mcpServers`, fromFile] as const, ["mcpServers", mcpServers] as const];
  for (const [label, members] of sources) {
    for (const [name, member] of Object.entries(members)) {
      try {
        delete servers[name];
        const read = readMcpServers({ [name]: member }, { label, env })[name];
        if (read === undefined) continue;
        // Where the app works, as for other programs of the folder.
        servers[name] = "command" in read && read.cwd === undefined ? { ...read, cwd: folder } : read;
      } catch (error) {
        // The others are fine.
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

function readTimeout({ startTimeoutSeconds }: JsonObject): number | undefined {
  if (startTimeoutSeconds === undefined) return undefined;
  if (typeof startTimeoutSeconds === "number" && startTimeoutSeconds > 0) return startTimeoutSeconds;
  throw settingError("startTimeoutSeconds", "must be a number of seconds above 0");
}

function settingError(name: string, what: string): AxioError {
  return new AxioError("invalid-argument", `The setting "${name}" ${what}.`);
}
