import { Client, type FetchLike, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { McpServerConfig } from "./server-config.ts";
import { StdioTransport } from "./stdio-transport.ts";

/** An open connection to a server. */
export interface Connection {
  readonly client: Client;
  /** Ends it, and the server where it runs here. */
  close(): Promise<void>;
}

/** What a connection is made with. */
export interface ConnectOptions {
  readonly config: McpServerConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The server says that it has other tools now. */
  readonly onToolsChanged: () => void;
  /** The connection has ended, whoever ended it. */
  readonly onClosed: () => void;
  /** Gets what a server has written for people, once the connection did not come about. */
  readonly onStderr: (text: string) => void;
}

// A session is ended politely, but nobody waits long for it.
const GOODBYE_MS = 1_000;

/** Connects to a server. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { config, env, timeoutMs, signal, onToolsChanged, onClosed, onStderr } = options;
  const client = new Client(
    { name: "axio", version: "0.1.0" },
    {
      // Servers behind an address may speak the newest protocol only. One that is started here would have to be started twice to ask.
      versionNegotiation: { mode: "url" in config ? "auto" : "legacy" },
      // The model reads what a tool gives; a form that was announced is nothing to fail for.
      jsonSchemaValidator: {
        getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
      },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: onToolsChanged } },
    },
  );
  client.onclose = onClosed;
  const call = { timeout: timeoutMs, signal };
  if ("url" in config) {
    const transport = httpTransport(config.url, config.headers, options.fetch);
    await orClose(client.connect(transport, call), () => client.close());
    return { client, close: () => closeHttp(client, transport) };
  }
  const transport = new StdioTransport(config, env);
  await orClose(client.connect(transport, call), async () => {
    await transport.close();
    onStderr(transport.stderr);
  });
  return { client, close: () => transport.close() };
}

function httpTransport(
  url: string,
  headers: Readonly<Record<string, string>> | undefined,
  fetch: FetchLike | undefined,
): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    ...(fetch !== undefined && { fetch }),
  });
}

async function orClose(connecting: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await connecting;
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeHttp(client: Client, transport: StreamableHTTPClientTransport): Promise<void> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), GOODBYE_MS);
  try {
    await Promise.race([
      transport.terminateSession().catch(() => undefined),
      new Promise((resolve) => over.signal.addEventListener("abort", resolve, { once: true })),
    ]);
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}
