import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StoredSignIn } from "./oauth/stored-sign-in.ts";
import type { TokenStore } from "./oauth/token-store.ts";
import { type HttpServerConfig, type McpServerConfig, usesOAuth } from "./server-config.ts";
import { StdioTransport } from "./stdio-transport.ts";
import { tolerateItems } from "./tolerate-items.ts";
import { VERSION } from "./version.ts";

/** An open connection to a server. */
export interface Connection {
  readonly client: Client;
  /** Returns the end of a local server's stderr. */
  stderr(): string;
  /** Closes the connection, and terminates a local server. */
  close(): Promise<void>;
}

/** Options of {@link connect}. */
export interface ConnectOptions {
  readonly config: McpServerConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch | undefined;
  /** Stores the tokens of servers to which the user signs in. Default: no sign-in. */
  readonly tokens: TokenStore | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called when the server's list of tools has changed. */
  readonly onToolsChanged: () => void;
  /** Called when either side has closed the connection. */
  readonly onClosed: () => void;
  /** Called with the name of a tool that is left out, and what is wrong with it. */
  readonly onInvalidTool: (name: string, problem: string) => void;
  /** Called with the server's stderr if the connection fails. */
  readonly onStderr: (text: string) => void;
}

// How long to wait for the server to end the session.
const TERMINATE_TIMEOUT_MS = 1_000;

/** Connects to a server and initializes the session. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { config, env, timeoutMs, signal, onToolsChanged, onClosed, onInvalidTool, onStderr } = options;
  const client = new Client(
    { name: "axio", version: VERSION },
    {
      // A remote server may only support the newest protocol. Negotiation would start a local server twice.
      versionNegotiation: { mode: "url" in config ? "auto" : "legacy" },
      // The model can read a result that does not match the announced output schema.
      jsonSchemaValidator: {
        getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
      },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: onToolsChanged } },
    },
  );
  client.onclose = onClosed;
  const call = { timeout: timeoutMs, signal };
  if ("url" in config) {
    const transport = httpTransport(config, options);
    tolerateItems(transport, onInvalidTool);
    await closeOnError(client.connect(transport, call), () => client.close());
    return { client, stderr: () => "", close: () => closeHttp(client, transport) };
  }
  const transport = new StdioTransport(config, env);
  tolerateItems(transport, onInvalidTool);
  await closeOnError(client.connect(transport, call), async () => {
    await transport.close();
    onStderr(transport.stderr);
  });
  return { client, stderr: () => transport.stderr, close: () => transport.close() };
}

function httpTransport(
  config: HttpServerConfig,
  { fetch, tokens }: Pick<ConnectOptions, "fetch" | "tokens">,
): StreamableHTTPClientTransport {
  const signIn =
    tokens !== undefined && usesOAuth(config) ? new StoredSignIn(config.url, tokens, fetch) : undefined;
  const usedFetch = signIn?.fetch ?? fetch;
  return new StreamableHTTPClientTransport(new URL(config.url), {
    requestInit: { headers: { ...config.headers } },
    ...(usedFetch !== undefined && { fetch: usedFetch }),
    ...(signIn !== undefined && { authProvider: signIn }),
  });
}

async function closeOnError(connecting: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await connecting;
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeHttp(client: Client, transport: StreamableHTTPClientTransport): Promise<void> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TERMINATE_TIMEOUT_MS);
  try {
    await Promise.race([
      transport.terminateSession().catch(() => undefined),
      new Promise((resolve) => timeout.signal.addEventListener("abort", resolve, { once: true })),
    ]);
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}
