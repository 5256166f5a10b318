import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { AxioError } from "axio";
import { checkOptions, OPTION, type RulesOf } from "axio/internal";
import { eventSourceOf } from "axio-openai-client/internal";
import { type WebSocket, WebSocketServer } from "ws";
import { Gateway } from "./gateway.ts";
import { sendEvents } from "./http/send-events.ts";
import { GATEWAY_RULES, type GatewayOptions, MAX_BODY_BYTES } from "./options.ts";
import { serveWebSocket, type WebSocketSession } from "./routes/web-socket.ts";

/** Options of {@link startGateway}. */
export interface StartOptions extends GatewayOptions {
  /** Default: 0, any free port. */
  readonly port?: number | undefined;
  /** The address to listen on. Another one than loopback needs `allowsOtherMachines`. Default: `"127.0.0.1"`. */
  readonly address?: string | undefined;
  /** Accepts requests of other machines without TLS. Set `hosts` too. Default: `false`. */
  readonly allowsOtherMachines?: boolean | undefined;
  /** How long requests in flight may take to end when the gateway closes. Default: 60,000. */
  readonly drainMs?: number | undefined;
}

/** A gateway that listens. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly port: number;
  /** The base URL of OpenAI's clients: `"http://127.0.0.1:4000/v1"`. */
  readonly baseURL: string;
  /** Stops accepting requests, and waits for those in flight. A second call ends them. */
  close(): Promise<void>;
}

/** The rules of {@link StartOptions}. */
const RULES: RulesOf<StartOptions> = {
  ...GATEWAY_RULES,
  port: { isValid: Number.isSafeInteger, expected: "the number of a port" },
  address: OPTION.string,
  allowsOtherMachines: OPTION.boolean,
  drainMs: OPTION.milliseconds,
};

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
const HEADER_BYTES = 32 * 1024;
const HEADER_COUNT = 100;

/**
 * Starts a gateway on a port.
 *
 * @throws AxioError `invalid-argument` for an address that other machines reach without `allowsOtherMachines`; see
 *   {@link Gateway}.
 * @example
 * ```ts no-run
 * import { createKey, startGateway } from "axio-gateway";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const { key, secret } = createKey({ name: "scripts" });
 * const { baseURL, close } = await startGateway({ transport: new CodexTransport(), keys: [key] });
 * console.log(`OPENAI_BASE_URL=${baseURL} OPENAI_API_KEY=${secret}`);
 * await close();
 * ```
 */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  checkOptions("startGateway", options, RULES);
  const { port = 0, address = "127.0.0.1", allowsOtherMachines = false, drainMs = 60_000, ...rest } = options;
  if (!LOOPBACK.has(address) && !allowsOtherMachines)
    throw new AxioError(
      "invalid-argument",
      `Other machines can reach ${address}, and the gateway does not encrypt. Listen on 127.0.0.1 behind a proxy with TLS, or allow it with --insecure-http.`,
    );
  const gateway = new Gateway(rest);
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      // Node.js looks for slow clients every 30 seconds otherwise.
      connectionsCheckingInterval: 1_000,
    },
    // The server does not speak HTTP/2.
    getRequestListener((request, bindings) => serve(gateway, request, bindings as HttpBindings), {
      overrideGlobalObjects: false,
    }),
  );
  server.maxHeadersCount = HEADER_COUNT;
  const sockets = acceptWebSockets(server, gateway, options);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  gateway.addPort(actual);
  let closing: Promise<void> | undefined;
  return {
    gateway,
    port: actual,
    baseURL: `http://${address.includes(":") ? `[${address}]` : address}:${actual}/v1`,
    close: () => {
      if (closing !== undefined) endNow(server, sockets, gateway);
      closing ??= close(server, sockets, gateway, drainMs);
      return closing;
    },
  };
}

/** Serves one request of `node:http`. Events go to the socket directly. */
async function serve(
  gateway: Gateway,
  request: Request,
  { incoming, outgoing }: HttpBindings,
): Promise<Response> {
  const response = await gateway.fetch(request, { incoming });
  const source = eventSourceOf(response);
  if (source === undefined) return response;
  void sendEvents(source, response, outgoing);
  // A copy is always a response of the runtime. hono would send the original if a program let it replace `Response` before.
  return RESPONSE_ALREADY_SENT.clone();
}

async function close(
  server: Server,
  sockets: AcceptedSockets,
  gateway: Gateway,
  drainMs: number,
): Promise<void> {
  gateway.drain();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  for (const session of sockets.sessions.values()) session.drain();
  const timer = setTimeout(() => endNow(server, sockets, gateway), drainMs);
  await closed;
  clearTimeout(timer);
}

/** How long clients have to receive that their requests were ended. */
const FAREWELL_MS = 500;

/** Ends all requests in the way of their APIs, and then their connections. */
function endNow(server: Server, { sessions }: AcceptedSockets, gateway: Gateway): void {
  gateway.endAll();
  const timer = setTimeout(() => {
    server.closeAllConnections();
    for (const socket of sessions.keys()) socket.terminate();
  }, FAREWELL_MS);
  server.once("close", () => clearTimeout(timer));
}

interface AcceptedSockets {
  /** The open connections. */
  readonly sessions: ReadonlyMap<WebSocket, WebSocketSession>;
}

/** Accepts WebSockets at `/v1/responses`, under the same conditions as requests. */
function acceptWebSockets(server: Server, gateway: Gateway, options: GatewayOptions): AcceptedSockets {
  const { maxBodyBytes = MAX_BODY_BYTES } = options;
  const sessions = new Map<WebSocket, WebSocketSession>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes });
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const accept = async (): Promise<void> => {
      const request = toRequest(incoming);
      const refused = gateway.refuseForeign(request.headers);
      if (refused !== undefined) return refuse(socket, refused.status);
      if (new URL(request.url).pathname !== "/v1/responses") return refuse(socket, 404);
      if ((await gateway.findKey(request.headers)) === undefined) return refuse(socket, 401);
      sockets.handleUpgrade(incoming, socket, head, (webSocket) => {
        sessions.set(webSocket, serveWebSocket(webSocket, request, gateway));
        webSocket.on("close", () => sessions.delete(webSocket));
      });
    };
    accept().catch(() => refuse(socket, 500));
  });
  return { sessions };
}

function toRequest({ url = "/", headers: given }: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return new Request(new URL(url, "http://gateway.invalid"), { headers });
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
