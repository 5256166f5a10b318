import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { type ConfigVariables, expandVariables } from "./expand-variables.ts";

/** Options of every server. */
interface CommonServerConfig {
  /** Tools that need no permission. Default: none. */
  readonly alwaysAllow?: readonly string[] | undefined;
  /** Trust the server's `readOnlyHint`: read-only tools need no permission. Default: `false`. */
  readonly trustReadOnly?: boolean | undefined;
  /** Longest time of a call without progress. In a config file: `timeoutSeconds`. Default: 300,000. */
  readonly timeoutMs?: number | undefined;
}

/** A local server that communicates over standard input and output. */
export interface StdioServerConfig extends CommonServerConfig {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** Environment variables of the server, in addition to the few that every program needs. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The server's working directory. Default: that of this process. */
  readonly cwd?: string | undefined;
}

/** A remote server that communicates over streamable HTTP. */
export interface HttpServerConfig extends CommonServerConfig {
  readonly url: string;
  /** Sent with each request, for example `Authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The config of one server. */
export type McpServerConfig = StdioServerConfig | HttpServerConfig;

/** Tells whether users may sign in to a server: it is remote, and its config has no credentials. */
export function usesOAuth(config: McpServerConfig): config is HttpServerConfig {
  return (
    "url" in config &&
    !Object.keys(config.headers ?? {}).some((name) => name.toLowerCase() === "authorization")
  );
}

/** Server configs by name. */
export type McpServers = Readonly<Record<string, McpServerConfig>>;

/** Options of {@link readMcpServers}. */
export interface ReadServersOptions {
  /** Prefix of member names in error messages, for example `"~/.config/mcp.json: mcpServers"`. Default: `mcpServers`. */
  readonly label?: string | undefined;
  /** The environment variables for `${NAME}` in the config. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The names of the environment variables that the config may use. Default: all. */
  readonly allowedVariables?: readonly string[] | undefined;
}

/**
 * Reads the value of `mcpServers` in the common format. Ignores servers with `disabled`, and unknown members. `${NAME}` and
 * `${NAME:-default}` are replaced with environment variables.
 *
 * @throws AxioError `invalid-argument` with the invalid member and the remedy.
 *
 * @example
 * ```ts
 * import { readMcpServers } from "axio-tools-mcp";
 *
 * readMcpServers({ files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "."] } });
 * ```
 */
export function readMcpServers(value: JsonValue, options: ReadServersOptions = {}): McpServers {
  const { label = "mcpServers", env = process.env, allowedVariables: allowed } = options;
  const servers: Record<string, McpServerConfig> = {};
  for (const [name, member] of Object.entries(object(value, label))) {
    const path = `${label}.${name}`;
    const server = object(member, path);
    if (boolean(server, "disabled", path) !== true)
      servers[name] = readServer(server, path, { env, allowed });
  }
  return servers;
}

function readServer(server: JsonObject, path: string, variables: ConfigVariables): McpServerConfig {
  const expand = (text: string, member: string): string => expandVariables(text, variables, member);
  const common = {
    alwaysAllow: strings(server, "alwaysAllow", path),
    trustReadOnly: boolean(server, "trustReadOnly", path),
    timeoutMs: secondsToMs(server, "timeoutSeconds", path),
  };
  const { command, url, type } = server;
  if (command !== undefined && url !== undefined) {
    throw invalid(path, 'has both a "command" and a "url". Keep one of them');
  }
  if (type === "sse") {
    throw invalid(
      `${path}.type`,
      'is "sse", which MCP has replaced. Use "http" and the URL of the server\'s streamable HTTP endpoint',
    );
  }
  if (typeof command === "string" && command !== "") {
    return {
      ...common,
      command: expand(command, `${path}.command`),
      args: strings(server, "args", path)?.map((text, index) => expand(text, `${path}.args[${index}]`)),
      env: stringMembers(server, "env", path, expand),
      cwd: optionalString(server, "cwd", path, expand),
    };
  }
  if (typeof url === "string") {
    const expandedUrl = expand(url, `${path}.url`);
    const headers = stringMembers(server, "headers", path, expand);
    assertUrl(expandedUrl, headers !== undefined, path);
    return { ...common, url: expandedUrl, headers };
  }
  if (command !== undefined) throw invalid(`${path}.command`, "must be a string: the program to start");
  if (url !== undefined) throw invalid(`${path}.url`, "must be a string: the URL of the server");
  throw invalid(path, 'has neither a "command" nor a "url". Add one of them');
}

function assertUrl(value: string, hasHeaders: boolean, path: string): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalid(`${path}.url`, "is not a valid URL. Use one that begins with https://");
  }
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (hasHeaders && url.protocol === "http:" && !isLoopback) {
    throw invalid(`${path}.url`, "would send the headers unencrypted. Use https://, or remove the headers");
  }
}

type Expand = (text: string, member: string) => string;

function stringMembers(
  server: JsonObject,
  member: string,
  path: string,
  expand: Expand,
): Readonly<Record<string, string>> | undefined {
  const value = server[member];
  if (value === undefined) return undefined;
  const read = Object.entries(object(value, `${path}.${member}`)).map(([name, text]) => {
    const memberPath = `${path}.${member}.${name}`;
    if (typeof text !== "string") throw invalid(memberPath, 'must be a string. Put it in quotes: "1"');
    return [name, expand(text, memberPath)] as const;
  });
  return Object.fromEntries(read);
}

function optionalString(
  server: JsonObject,
  member: string,
  path: string,
  expand: Expand,
): string | undefined {
  const value = server[member];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw invalid(`${path}.${member}`, "must be a string");
  return expand(value, `${path}.${member}`);
}

function strings(server: JsonObject, member: string, path: string): readonly string[] | undefined {
  const value = server[member];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((text) => typeof text === "string")) return value;
  throw invalid(`${path}.${member}`, 'must be a list of strings: ["…", "…"]');
}

function boolean(server: JsonObject, member: string, path: string): boolean | undefined {
  const value = server[member];
  if (value === undefined || typeof value === "boolean") return value;
  throw invalid(`${path}.${member}`, "must be true or false");
}

function secondsToMs(server: JsonObject, member: string, path: string): number | undefined {
  const value = server[member];
  if (value === undefined) return undefined;
  // A longer delay would overflow Node's timers.
  if (typeof value === "number" && value > 0 && value <= 2_000_000) return value * 1_000;
  throw invalid(`${path}.${member}`, "must be a number of seconds above 0");
}

function object(value: JsonValue | undefined, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalid(path, "must be an object: { … }");
}

function invalid(path: string, problem: string): AxioError {
  return new AxioError("invalid-argument", `${path} ${problem}.`);
}
