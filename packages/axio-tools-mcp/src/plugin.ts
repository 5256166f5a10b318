import { setTimeout as wait } from "node:timers/promises";
import type { JsonObject } from "axio";
import type { ToolsPlugin } from "axio/plugin";
import { openMcpTools } from "./mcp-tools.ts";
import { readServers, settingError } from "./server-sources.ts";

// How long the app waits for servers before it opens without them.
const OPEN_TIMEOUT_MS = 3_000;

/**
 * The plugin `mcp`. Settings: `mcpServers`, in the common format; `file`, the path of a JSON file with a member `mcpServers`,
 * in addition to `.mcp.json` of the working directory; `projectVariables`, the names of the environment variables that such a
 * file of the working directory may use; `startTimeoutSeconds`.
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
      oauth: true,
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

function readStartTimeoutMs({ startTimeoutSeconds }: JsonObject): number | undefined {
  if (startTimeoutSeconds === undefined) return undefined;
  if (typeof startTimeoutSeconds === "number" && startTimeoutSeconds > 0) return startTimeoutSeconds * 1_000;
  throw settingError("startTimeoutSeconds", "must be a number of seconds above 0");
}
