import { AxioError, type Tool } from "axio";
import type { OpenTools, PluginHost } from "axio/plugin";
import { McpServer } from "./mcp-server.ts";
import { mcpTool } from "./mcp-tool.ts";
import type { McpServers } from "./server-config.ts";
import { toolNames } from "./tool-name.ts";

/** What servers are opened with. */
export interface McpToolsOptions {
  /** The servers by name. `readMcpServers()` reads them from the form that MCP programs share. */
  readonly servers: McpServers;
  /** Asked before a tool is called, unless the server's config says otherwise. Remembers answers as it likes: by the question's `key`, for one. */
  readonly ask: PluginHost["requestPermission"];
  /** Told of a server that does not start, or has ended, and of a tool that cannot be used. Default: nobody is. */
  readonly warn?: ((warning: AxioError) => void) | undefined;
  /** Ends all servers. */
  readonly signal?: AbortSignal | undefined;
  /** The variables of which servers that run here inherit some. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Makes the requests to servers behind addresses. Default: Node's. */
  readonly fetch?: typeof fetch | undefined;
  /** How long a server may take to start, in seconds. Default 60: `npx` may have to fetch it. */
  readonly startTimeoutSeconds?: number | undefined;
}

/** The tools of servers. */
export interface McpTools extends OpenTools, AsyncDisposable {
  /** Read anew before each run: a server may change its list. */
  readonly tools: readonly Tool[];
  /** Ends all connections, and the servers that run here with all that they started. */
  close(): Promise<void>;
}

/** The same, while servers still start. */
export interface StartingMcpTools extends McpTools {
  /** Fulfilled when each server has started or failed. Never rejected. */
  readonly started: Promise<void>;
  /** The servers that have done neither yet. */
  readonly pending: readonly string[];
}

/**
 * Starts or reaches MCP servers, and gives their tools. A server that fails is told of and left out. One that ends later is
 * started again with the next call. Close it, or fire the signal, to end them.
 *
 * @example
 * ```ts no-run
 * import { Agent } from "axio";
 * import { mcpTools } from "axio-tools-mcp";
 *
 * await using mcp = await mcpTools({
 *   servers: { files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "."] } },
 *   ask: async () => ({ allowed: true }),
 *   warn: (warning) => console.error(warning.message),
 * });
 * await new Agent({ transport, tools: mcp.tools }).run("What is in this folder?");
 * ```
 */
export async function mcpTools(options: McpToolsOptions): Promise<McpTools> {
  const opened = openMcpTools(options);
  await opened.started;
  return opened;
}

/** Begins to start servers, and does not wait for them. */
export function openMcpTools(options: McpToolsOptions): StartingMcpTools {
  const {
    servers,
    ask,
    warn = () => undefined,
    signal,
    env = process.env,
    startTimeoutSeconds = 60,
  } = options;
  const pending = new Set(Object.keys(servers));
  let tools: readonly Tool[] = [];
  const told = new Set<string>();
  const warnOnce = (warning: AxioError): void => {
    if (!told.has(warning.message)) warn(warning);
    told.add(warning.message);
  };
  const update = (): void => {
    tools = makeTools(running, ask, warnOnce);
  };
  const running = Object.entries(servers).map(
    ([name, config]) =>
      new McpServer({
        name,
        config,
        env,
        fetch: options.fetch,
        startTimeoutMs: startTimeoutSeconds * 1_000,
        warn,
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
      if (AxioError.is(error) && error.code !== "aborted") warn(error);
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
    started: Promise.all(running.map(start)).then(() => undefined),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function makeTools(
  servers: readonly McpServer[],
  ask: PluginHost["requestPermission"],
  warn: (warning: AxioError) => void,
): readonly Tool[] {
  const found = servers.flatMap((server) => {
    // Of two with one name a server could not tell which is meant.
    const byName = new Map(server.tools.map((definition) => [definition.name, definition]));
    return [...byName.values()].map((definition) => ({ server, definition }));
  });
  const names = toolNames(
    found.map(({ server, definition }) => ({ server: server.name, tool: definition.name })),
  );
  return found.flatMap(({ server, definition }, index) => {
    try {
      return [mcpTool(names[index] ?? "", server, definition, ask)];
    } catch (error) {
      if (!AxioError.is(error)) throw error;
      warn(
        new AxioError("tool-schema", `The MCP server "${server.name}": ${error.message} It is left out.`, {
          cause: error,
        }),
      );
      return [];
    }
  });
}
