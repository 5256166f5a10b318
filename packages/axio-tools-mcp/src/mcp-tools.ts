/// <reference lib="esnext.disposable" preserve="true" />
import { AxioError, type Tool } from "axio";
import { checkOptions, OPTION, type RulesOf, required } from "axio/internal";
import type { OpenTools, PluginHost, ToolServer } from "axio/plugin";
import { McpServer } from "./mcp-server.ts";
import { type McpPermissions, mcpTool } from "./mcp-tool.ts";
import { TokenStore } from "./oauth/token-store.ts";
import { serverAddress } from "./redact-secrets.ts";
import type { McpServers } from "./server-config.ts";
import { toolNames } from "./tool-name.ts";

/** Options of {@link mcpTools}. */
export interface McpToolsOptions {
  /** The servers by name. `readMcpServers()` reads them from the common `mcpServers` format. */
  readonly servers: McpServers;
  /** Called before each tool call that the server's config does not allow. May remember a permission for the request's `key`. */
  readonly requestPermission: PluginHost["requestPermission"];
  /**
   * Whether `requestPermission` is called before the other calls as well, with `isAllowedByDefault`, so that it can deny them.
   * Default: `false`.
   */
  readonly requestsAllowed?: boolean | undefined;
  /** Called when a server fails to start or exits, and when a tool cannot be used. */
  readonly onWarning?: ((warning: AxioError) => void) | undefined;
  /** Closes all connections. */
  readonly signal?: AbortSignal | undefined;
  /** The environment. Local servers inherit a few of its variables. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sends the requests to remote servers. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /**
   * Lets users sign in to remote servers whose config has no `Authorization`: `servers[…].signIn()`. The tokens are stored in
   * `axio/mcp.json` beside the credentials of the providers. Default: `false`.
   */
  readonly oauth?: boolean | undefined;
  /** Timeout for starting a server, including a download by `npx`. Default: 60,000. */
  readonly startTimeoutMs?: number | undefined;
}

/** The rules of {@link McpToolsOptions}. */
const RULES: RulesOf<McpToolsOptions> = {
  servers: required({ ...OPTION.object, expected: "an object: { name: { command, args } or { url } }" }),
  requestPermission: required({ ...OPTION.function, expected: "a function that decides about permissions" }),
  requestsAllowed: OPTION.boolean,
  onWarning: OPTION.function,
  signal: OPTION.signal,
  env: OPTION.object,
  fetch: OPTION.function,
  oauth: OPTION.boolean,
  startTimeoutMs: OPTION.milliseconds,
};

/** The tools of all servers. */
export interface McpTools extends OpenTools, AsyncDisposable {
  /** The current tools. A server may change its list at any time; read this before each run. */
  readonly tools: readonly Tool[];
  /** The state of each server. */
  readonly servers: readonly ToolServer[];
  /** Closes all connections, and terminates local servers with all their processes. */
  close(): Promise<void>;
}

/** Tools of servers that may still be starting. */
export interface StartingMcpTools extends McpTools {
  /** Resolves when every server has started or failed. Never rejects. */
  readonly started: Promise<void>;
  /** The names of the servers that are still starting. */
  readonly pending: readonly string[];
}

/**
 * Starts or connects to MCP servers. A server that fails is reported to `onWarning` and skipped; one that exits later restarts
 * with the next call. Call `close()` or abort the signal to release them.
 *
 * @throws AxioError `invalid-argument` for options that cannot be used.
 *
 * @example
 * ```ts no-run
 * import { Agent } from "axio";
 * import { mcpTools } from "axio-tools-mcp";
 *
 * await using mcp = await mcpTools({
 *   servers: { files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "."] } },
 *   requestPermission: async () => ({ allowed: true }),
 *   onWarning: (warning) => console.error(warning.message),
 * });
 * await new Agent({ transport, tools: mcp.tools }).run("What is in this directory?");
 * ```
 */
export async function mcpTools(options: McpToolsOptions): Promise<McpTools> {
  const opened = openMcpTools(options);
  await opened.started;
  return opened;
}

/** Like {@link mcpTools}, without waiting for the servers to start. */
export function openMcpTools(options: McpToolsOptions): StartingMcpTools {
  checkOptions("mcpTools", options, RULES);
  const {
    servers,
    requestPermission,
    requestsAllowed = false,
    onWarning = () => undefined,
    signal,
    env = process.env,
    startTimeoutMs = 60_000,
  } = options;
  const tokens = options.oauth === true ? new TokenStore({ env }) : undefined;
  const pending = new Set(Object.keys(servers));
  let tools: readonly Tool[] = [];
  const reported = new Set<string>();
  const warnOnce = (warning: AxioError): void => {
    if (!reported.has(warning.message)) onWarning(warning);
    reported.add(warning.message);
  };
  const update = (): void => {
    tools = createTools(running, { requestPermission, requestsAllowed }, warnOnce);
  };
  const running = Object.entries(servers).map(
    ([name, config]) =>
      new McpServer({
        name,
        config,
        env,
        fetch: options.fetch,
        tokens,
        startTimeoutMs,
        onWarning,
        onTools: update,
      }),
  );
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    signal?.removeEventListener("abort", onAbort);
    closed ??= Promise.all(running.map((server) => server.close())).then(() => undefined);
    return closed;
  };
  const onAbort = (): void => void close();
  const start = async (server: McpServer): Promise<void> => {
    try {
      await server.start();
    } catch (error) {
      if (AxioError.is(error) && error.code !== "aborted") onWarning(error);
    } finally {
      pending.delete(server.name);
    }
  };
  if (signal?.aborted === true) void close();
  else signal?.addEventListener("abort", onAbort, { once: true });
  return {
    get tools() {
      return tools;
    },
    get pending() {
      return [...pending];
    },
    get servers() {
      return running.map(toToolServer);
    },
    started: Promise.all(running.map(start)).then(() => undefined),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function toToolServer(server: McpServer): ToolServer {
  const { name, config, state, tools, error } = server;
  return {
    name,
    state,
    address: serverAddress(config),
    toolCount: state === "ready" ? tools.length : 0,
    error,
    reconnect: () => server.reconnect(),
    ...(server.canSignIn && { signIn: (call) => server.signIn(call) }),
  };
}

function createTools(
  servers: readonly McpServer[],
  permissions: McpPermissions,
  onWarning: (warning: AxioError) => void,
): readonly Tool[] {
  const found = servers.flatMap((server) => {
    // A server cannot distinguish two tools with the same name.
    const byName = new Map(server.tools.map((definition) => [definition.name, definition]));
    return [...byName.values()].map((definition) => ({ server, definition }));
  });
  const names = toolNames(
    found.map(({ server, definition }) => ({ server: server.name, tool: definition.name })),
  );
  return found.flatMap(({ server, definition }, index) => {
    try {
      return [mcpTool(names[index] ?? "", server, definition, permissions)];
    } catch (error) {
      // Anything, such as a schema that is nested too deeply: one tool must not take the others with it.
      const problem = AxioError.is(error) ? error.message : `the tool ${names[index]} cannot be used.`;
      onWarning(
        new AxioError("tool-schema", `The MCP server "${server.name}": ${problem} It is skipped.`, {
          cause: error,
        }),
      );
      return [];
    }
  });
}
