import type { CallToolResult, Progress, Tool as ServerTool } from "@modelcontextprotocol/client";
import { AxioError, abortedError, type JsonValue } from "axio";
import { toAxioError } from "axio/internal";
import type { ToolServer } from "axio/plugin";
import type { Connection } from "./connect.ts";
import type { ServerSignInOptions } from "./oauth/sign-in.ts";
import type { TokenStore } from "./oauth/token-store.ts";
import { type McpServerConfig, usesOAuth } from "./server-config.ts";
import type { FailedServer } from "./server-error.ts";

/** Options of {@link McpServer}. */
export interface McpServerOptions {
  readonly name: string;
  readonly config: McpServerConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch | undefined;
  readonly tokens: TokenStore | undefined;
  /** Timeout of starting or connecting. */
  readonly startTimeoutMs: number;
  readonly onWarning: (warning: AxioError) => void;
  /** Called when the list of tools was loaded or has changed. */
  readonly onTools: () => void;
}

/** Options of a tool call. */
export interface ServerCall {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

const DEFAULT_TIMEOUT_MS = 300_000;

/** A server. Starts once, and again with the next call after it has exited. */
export class McpServer {
  readonly name: string;
  readonly #options: McpServerOptions;
  readonly #closing = new AbortController();
  #connection: Promise<Connection> | undefined;
  /** The resolved value of `#connection`. */
  #open: Connection | undefined;
  #tools: readonly ServerTool[] = [];
  /** Why the server does not run. */
  #error: AxioError | undefined;

  constructor(options: McpServerOptions) {
    this.#options = options;
    this.name = options.name;
  }

  get config(): McpServerConfig {
    return this.#options.config;
  }

  /** The most recent list of tools. */
  get tools(): readonly ServerTool[] {
    return this.#tools;
  }

  /** Whether it runs. One that has exited restarts with the next call. */
  get state(): ToolServer["state"] {
    if (this.#open !== undefined) return "ready";
    if (this.#error === undefined) return "starting";
    return this.#error.code === "unauthenticated" ? "needs-sign-in" : "failed";
  }

  /** Why it does not run. */
  get error(): AxioError | undefined {
    return this.#error;
  }

  /** @throws AxioError `tools-unavailable` if the server cannot be started or reached. */
  async start(): Promise<void> {
    await this.#connect();
  }

  /** @throws AxioError `tools-unavailable`, `aborted`. */
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
      if (!isLostSession(error)) throw await this.#callError(error, first);
    }
    // The server rejected the call because it does not know the session.
    await this.#close(first);
    const second = await this.#connect();
    try {
      return await this.#send(second, tool, input, call);
    } catch (error) {
      throw await this.#callError(error, second);
    }
  }

  /** Whether the user can sign in to it. */
  get canSignIn(): boolean {
    return this.#options.tokens !== undefined && usesOAuth(this.config);
  }

  /** Signs in in the browser, and connects again. */
  async signIn(call: Pick<ServerSignInOptions, "signal" | "onUrl" | "openUrl">): Promise<void> {
    const { name, config, fetch, tokens: store } = this.#options;
    if (store === undefined || !usesOAuth(config)) return;
    const { signInToServer } = await import("./oauth/sign-in.ts");
    await signInToServer({ name, url: config.url, store, fetch, ...call });
    await this.reconnect();
  }

  /** Ends the connection and connects again. Throws as `start()` does. */
  async reconnect(): Promise<void> {
    await this.#connection?.catch(() => undefined);
    if (this.#open !== undefined) await this.#close(this.#open);
    await this.#connect();
  }

  /** Closes the connection, and terminates a local server. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connection?.catch(() => undefined);
    if (this.#open !== undefined) await this.#close(this.#open);
  }

  #send(
    { client }: Connection,
    tool: string,
    input: Readonly<Record<string, JsonValue>>,
    { signal, onProgress }: ServerCall,
  ): Promise<CallToolResult> {
    const { timeoutMs: timeout = DEFAULT_TIMEOUT_MS } = this.#options.config;
    return client.callTool(
      { name: tool, arguments: input },
      { signal, onprogress: onProgress, timeout, resetTimeoutOnProgress: true },
    );
  }

  #connect(): Promise<Connection> {
    if (this.#closing.signal.aborted) return Promise.reject(abortedError(this.#closing.signal));
    if (this.#connection !== undefined) return this.#connection;
    this.#error = undefined;
    const connection = this.#openConnection();
    this.#connection = connection;
    connection.catch((error: unknown) => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#error = toAxioError(error);
    });
    return connection;
  }

  async #openConnection(): Promise<Connection> {
    const { config, env, fetch, tokens, startTimeoutMs } = this.#options;
    let opened: Connection | undefined;
    let stderr = "";
    try {
      // The SDK is large: load it with the first server.
      const { connect } = await import("./connect.ts");
      const connection = await connect({
        config,
        env,
        fetch,
        tokens,
        timeoutMs: startTimeoutMs,
        signal: this.#closing.signal,
        onToolsChanged: () => void this.#refresh(),
        onInvalidTool: (name, problem) =>
          this.#options.onWarning(
            new AxioError(
              "tool-schema",
              `The MCP server "${this.name}": its tool ${name} is left out, because ${problem}.`,
            ),
          ),
        onClosed: () => {
          if (opened !== undefined) this.#onClosed(opened);
        },
        onStderr: (text) => {
          stderr = text;
        },
      });
      try {
        await this.#list(connection);
      } catch (error) {
        stderr = connection.stderr();
        await connection.close();
        throw error;
      }
      opened = connection;
      this.#open = connection;
      return connection;
    } catch (error) {
      if (this.#closing.signal.aborted) throw abortedError(this.#closing.signal);
      throw await this.#toError(error, { stderr, startTimeoutMs });
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
      if (!this.#closing.signal.aborted) this.#options.onWarning(await this.#toError(error));
    }
  }

  #onClosed(connection: Connection): void {
    if (!this.#forget(connection)) return;
    void this.#warnOfExit(connection.stderr());
  }

  async #warnOfExit(stderr: string): Promise<void> {
    const { withOutput } = await import("./server-error.ts");
    const message = `The MCP server "${this.name}" has exited. It restarts with the next call of one of its tools.`;
    const error = new AxioError("tools-unavailable", withOutput(message, stderr, this.#options.config));
    if (this.#connection === undefined) this.#error = error;
    this.#options.onWarning(error);
  }

  async #close(connection: Connection): Promise<void> {
    if (this.#forget(connection)) await connection.close();
  }

  /** Returns `false` if the connection is not the current one. */
  #forget(connection: Connection): boolean {
    if (this.#open !== connection) return false;
    this.#open = undefined;
    this.#connection = undefined;
    return true;
  }

  #callError(error: unknown, connection: Connection): Promise<AxioError> {
    const { timeoutMs: callTimeoutMs = DEFAULT_TIMEOUT_MS } = this.#options.config;
    return this.#toError(error, { stderr: connection.stderr(), callTimeoutMs });
  }

  async #toError(
    error: unknown,
    details: Pick<FailedServer, "stderr" | "startTimeoutMs" | "callTimeoutMs"> = {},
  ): Promise<AxioError> {
    const { toServerError } = await import("./server-error.ts");
    return toServerError(error, { name: this.name, config: this.#options.config, ...details });
  }
}
