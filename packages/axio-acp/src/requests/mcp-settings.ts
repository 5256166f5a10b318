import type { McpServer } from "@agentclientprotocol/sdk";
import type { JsonObject } from "axio";

/**
 * Converts the MCP servers of the editor to settings of the plugin for MCP servers. Unlike settings, their texts
 * have no variables: `${NAME}` stays as it is.
 *
 * @param cwd The working directory, where local servers start.
 */
export function mcpSettings(servers: readonly McpServer[], cwd: string): JsonObject {
  return Object.fromEntries(servers.map((server) => [server.name, serverSettings(server, cwd)]));
}

function serverSettings(server: McpServer, cwd: string): JsonObject {
  if ("command" in server) {
    const { command, args, env } = server;
    return {
      command: literal(command),
      args: args.map(literal),
      env: Object.fromEntries(env.map(({ name, value }) => [name, literal(value)])),
      cwd: literal(cwd),
    };
  }
  const { type, url, headers } = server;
  return {
    type,
    url: literal(url),
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, literal(value)])),
  };
}

/** Stands for `$`: the default of a variable that is not set. */
const DOLLAR = `\${AXIO_NOT_SET:-$}`;

/** Keeps the plugin from reading a part of a text as a variable. */
function literal(text: string): string {
  return text.replace(/\$(?=\{)/g, () => DOLLAR);
}
