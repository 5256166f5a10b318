import type { CallToolResult, Progress, Tool as ServerTool } from "@modelcontextprotocol/client";
import { AxioError, abortedError, type JsonValue } from "axio";
import type { Connection } from "./connect.ts";
import type { McpServerConfig } from "./server-config.ts";

/** What a server is run with. */
export interface McpServerOptions {
  readonly name: string;
  readonly config: McpServerConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch | undefined;
  /** How long the start may take. */
  readonly startTimeoutMs: number;
  readonly warn: (warning: AxioError) => void;
  /** The server's tools are others now. */
  readonly onTools: () => void;
}

/** A call of a tool. */
export interface ServerCall {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

const DEFAULT_TIMEOUT_SECONDS = 300;

/** One server: started once, and again with the next call where it has ended. */
export class McpServer {
  readonly name: string;
  readonly #options: McpServerOptions;
  readonly #closing = new AbortController();
  #connection: Promise<Connection> | undefined;
  /** What `#connection` has come to. */
  #open: Connection | undefined;
  #tools: readonly ServerTool[] = [];

  constructor(options: McpServerOptions) {
    this.#options = options;
    this.name = options.name;
  }

  get config(): McpServerConfig {
    return this.#options.config;
  }

  /** The tools that the server last named. */
  get tools(): readonly ServerTool[] {
    return this.#tools;
  }

  /** @throws AxioError `tools-unavailable` where the server cannot be started or reached. */
  async start(): Promise<void> {
    await this.#connect();
  }

  /** @throws AxioError `tools-unavailable`, `aborted`; what the server answers as an error. */
  async call(
    tool: string,
    input: Readonly<Record<string, JsonValue>>,
    call: ServerCall,
  ): Promise<CallToolResult> {
    const first = await this.#connect();
    try {
      return await this.#send(first, tool, input, call);
    } catch (error) {
      if (call.signal.aborted) throw abortedError(call.signal);
      const { isLostSession } = await import("./server-error.ts");
      if (!isLostSession(error)) throw await this.#toError(error);
    }
    // The server did not take the call: it knows nothing of the session.
    await this.#drop(first);
    try {
      return await this.#send(await this.#connect(), tool, input, call);
    } catch (error) {
      throw await this.#toError(error);
    }
  }

  /** Ends the connection, and the server where it runs here. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connection?.catch(() => undefined);
    if (this.#open !== undefined) await this.#drop(this.#open);
  }

  #send(
    { client }: Connection,
    tool: string,
    input: Readonly<Record<string, JsonValue>>,
    { signal, onProgress }: ServerCall,
  ): Promise<CallToolResult> {
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = this.#options.config;
    return client.callTool(
      { name: tool, arguments: input },
      { signal, onprogress: onProgress, timeout: timeoutSeconds * 1_000, resetTimeoutOnProgress: true },
    );
  }

  #connect(): Promise<Connection> {
    if (this.#closing.signal.aborted) return Promise.reject(abortedError(this.#closing.signal));
    if (this.#connection !== undefined) return this.#connection;
    const connection = this.#reach();
    this.#connection = connection;
    connection.catch(() => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    return connection;
  }

  async #reach(): Promise<Connection> {
    const { config, env, fetch, startTimeoutMs } = this.#options;
    let opened: Connection | undefined;
    let stderr = "";
    try {
      // Imported with the first server: it is large.
      const { connect } = await import("./connect.ts");
      const connection = await connect({
        config,
        env,
        fetch,
        timeoutMs: startTimeoutMs,
        signal: this.#closing.signal,
        onToolsChanged: () => void this.#refresh(),
        onClosed: () => {
          if (opened !== undefined) this.#ended(opened);
        },
        onStderr: (text) => {
          stderr = text;
        },
      });
      try {
        await this.#list(connection);
      } catch (error) {
        await connection.close();
        throw error;
      }
      opened = connection;
      this.#open = connection;
      return connection;
    } catch (error) {
      if (this.#closing.signal.aborted) throw abortedError(this.#closing.signal);
      throw await this.#toError(error, stderr);
    }
  }

  async #list({ client }: Connection): Promise<void> {
    if (client.getServerCapabilities()?.tools === undefined) {
      this.#tools = [];
      return;
    }
    const { startTimeoutMs: timeout } = this.#options;
    const { tools } = await client.listTools(
      {},
      { timeout, signal: this.#closing.signal, cacheMode: "refresh" },
    );
    this.#tools = tools;
    this.#options.onTools();
  }

  async #refresh(): Promise<void> {
    try {
      const connection = await this.#connection;
      if (connection !== undefined) await this.#list(connection);
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#options.warn(await this.#toError(error));
    }
  }

  #ended(connection: Connection): void {
    if (!this.#forget(connection)) return;
    this.#options.warn(
      new AxioError(
        "tools-unavailable",
        `The MCP server "${this.name}" has ended. It is started again with the next call of one of its tools.`,
      ),
    );
  }

  async #drop(connection: Connection): Promise<void> {
    if (this.#forget(connection)) await connection.close();
  }

  /** Gives `false` where it was forgotten before. */
  #forget(connection: Connection): boolean {
    if (this.#open !== connection) return false;
    this.#open = undefined;
    this.#connection = undefined;
    return true;
  }

  async #toError(error: unknown, stderr = ""): Promise<AxioError> {
    const { toServerError } = await import("./server-error.ts");
    return toServerError(error, { name: this.name, config: this.#options.config, stderr });
  }
}
