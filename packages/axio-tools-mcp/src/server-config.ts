import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { expandVariables } from "./expand-variables.ts";

/** What holds for every server. */
interface CommonServerConfig {
  /** Tools of this server that are not asked for. Default: none. */
  readonly alwaysAllow?: readonly string[] | undefined;
  /** Believes the server which of its tools only read, and does not ask for those. Default `false`. */
  readonly trustReadOnly?: boolean | undefined;
  /** How long a call may take without a sign of life, in seconds. Default 300. */
  readonly timeoutSeconds?: number | undefined;
}

/** A server that is started here, and spoken to over its standard input and output. */
export interface StdioServerConfig extends CommonServerConfig {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** Variables for the server, besides the few that every program needs. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The folder that it is started in. Default: the one of this process. */
  readonly cwd?: string | undefined;
}

/** A server that is reached over streamable HTTP. */
export interface HttpServerConfig extends CommonServerConfig {
  readonly url: string;
  /** Sent with each request: `Authorization`, for one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** One server. */
export type McpServerConfig = StdioServerConfig | HttpServerConfig;

/** Servers by the names that the config gives them. */
export type McpServers = Readonly<Record<string, McpServerConfig>>;

/** What a config is read with. */
export interface ReadServersOptions {
  /** What the members are part of, for messages: `"~/.config/mcp.json: mcpServers"`. Default `mcpServers`. */
  readonly label?: string;
  /** What `${NAME}` in the config stands for. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the value of `mcpServers`, in the form that MCP programs share. Servers with `disabled` are left out; members that have
 * no meaning here are, too. `${NAME}` and `${NAME:-default}` stand for variables of the surroundings.
 *
 * @throws AxioError `invalid-argument` that names the member that is wrong, and the remedy.
 *
 * @example
 * ```ts
 * import { readMcpServers } from "axio-tools-mcp";
 *
 * readMcpServers({ files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "."] } });
 * ```
 */
export function readMcpServers(value: JsonValue, options: ReadServersOptions = {}): McpServers {
  const { label = "mcpServers", env = process.env } = options;
  const servers: Record<string, McpServerConfig> = {};
  for (const [name, member] of Object.entries(object(value, label))) {
    const path = `${label}.${name}`;
    const server = object(member, path);
    if (boolean(server, "disabled", path) !== true) servers[name] = readServer(server, path, env);
  }
  return servers;
}

function readServer(
  server: JsonObject,
  path: string,
  env: NonNullable<ReadServersOptions["env"]>,
): McpServerConfig {
  const expand = (text: string, member: string): string => expandVariables(text, env, member);
  const common = {
    alwaysAllow: texts(server, "alwaysAllow", path),
    trustReadOnly: boolean(server, "trustReadOnly", path),
    timeoutSeconds: seconds(server, "timeoutSeconds", path),
  };
  const { command, url, type } = server;
  if (command !== undefined && url !== undefined) {
    throw wrong(path, 'has a "command" and a "url". Keep the one that you mean');
  }
  if (type === "sse") {
    throw wrong(
      `${path}.type`,
      'is "sse", which MCP has replaced. Use the server\'s address for streamable HTTP, and "http"',
    );
  }
  if (typeof command === "string" && command !== "") {
    return {
      ...common,
      command: expand(command, `${path}.command`),
      args: texts(server, "args", path)?.map((text, index) => expand(text, `${path}.args[${index}]`)),
      env: textMembers(server, "env", path, expand),
      cwd: optionalText(server, "cwd", path, expand),
    };
  }
  if (typeof url === "string") {
    const address = expand(url, `${path}.url`);
    const headers = textMembers(server, "headers", path, expand);
    assertAddress(address, headers !== undefined, path);
    return { ...common, url: address, headers };
  }
  if (command !== undefined) throw wrong(`${path}.command`, "must be a text: the program to start");
  if (url !== undefined) throw wrong(`${path}.url`, "must be a text: the address of the server");
  throw wrong(path, 'has neither a "command" nor a "url". Give one of them');
}

function assertAddress(address: string, hasHeaders: boolean, path: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrong(`${path}.url`, "is no address. Use one that begins with https://");
  }
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (hasHeaders && url.protocol === "http:" && !isHere) {
    throw wrong(`${path}.url`, "would send the headers unprotected. Use https://, or leave the headers out");
  }
}

type Expand = (text: string, member: string) => string;

function textMembers(
  server: JsonObject,
  member: string,
  path: string,
  expand: Expand,
): Readonly<Record<string, string>> | undefined {
  const value = server[member];
  if (value === undefined) return undefined;
  const read = Object.entries(object(value, `${path}.${member}`)).map(([name, text]) => {
    const where = `${path}.${member}.${name}`;
    if (typeof text !== "string") throw wrong(where, 'must be a text. Put it in quotes: "1"');
    return [name, expand(text, where)] as const;
  });
  return Object.fromEntries(read);
}

function optionalText(server: JsonObject, member: string, path: string, expand: Expand): string | undefined {
  const value = server[member];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw wrong(`${path}.${member}`, "must be a text");
  return expand(value, `${path}.${member}`);
}

function texts(server: JsonObject, member: string, path: string): readonly string[] | undefined {
  const value = server[member];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((text) => typeof text === "string")) return value;
  throw wrong(`${path}.${member}`, 'must be a list of texts: ["…", "…"]');
}

function boolean(server: JsonObject, member: string, path: string): boolean | undefined {
  const value = server[member];
  if (value === undefined || typeof value === "boolean") return value;
  throw wrong(`${path}.${member}`, "must be true or false");
}

function seconds(server: JsonObject, member: string, path: string): number | undefined {
  const value = server[member];
  // What a timer of Node can wait for.
  if (value === undefined || (typeof value === "number" && value > 0 && value <= 2_000_000)) return value;
  throw wrong(`${path}.${member}`, "must be a number of seconds above 0");
}

function object(value: JsonValue | undefined, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw wrong(path, "must be an object: { … }");
}

function wrong(path: string, what: string): AxioError {
  return new AxioError("invalid-argument", `${path} ${what}.`);
}
