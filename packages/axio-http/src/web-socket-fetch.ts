import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { AxioError } from "axio";
import type { ClientOptions, WebSocket } from "ws";
import type { FetchInit, FetchLike } from "./fetch-like.ts";
import { type Environment, processEnvironment, readProxySettings } from "./proxy-settings.ts";
import { isLoopbackHost } from "./secure-url.ts";
import { trustedCertificates } from "./trusted-certificates.ts";
import { OpenWebSocket } from "./web-socket.ts";
import type { WebSocketConnection } from "./web-socket-connection.ts";

/** The body of a refusal is read up to here, in bytes. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * Makes a `fetch` that asks for a WebSocket (RFC 6455 §4.1), so that an upgrade gets the timeout, the errors and the
 * renewed sign-in of any other request. It answers 200 where the peer has switched, since `fetch` knows no 101, with the
 * headers of that answer, and any other answer as it came. `ws` is loaded with the first call. Proxies are not heeded: ask
 * {@link isProxied} before.
 *
 * @param onOpen Given the connection. It is the receiver's to close.
 *
 * @example
 * ```ts
 * import { sendRequest, type WebSocketConnection, webSocketFetch } from "axio-http";
 *
 * let connection: WebSocketConnection | undefined;
 * const response = await sendRequest({
 *   url: "https://api.example.com/v1/responses",
 *   fetch: webSocketFetch((opened) => {
 *     connection = opened;
 *   }),
 * });
 * ```
 */
export function webSocketFetch(onOpen: (connection: WebSocketConnection) => void): FetchLike {
  return async (input, init = {}) => {
    const url = new URL(input);
    const [{ WebSocket }, ca] = await Promise.all([import("ws"), certificates()]);
    init.signal?.throwIfAborted();
    const address = new URL(url);
    address.protocol = url.protocol === "http:" ? "ws:" : "wss:";
    const options: ClientOptions = { headers: init.headers, ...ca };
    const webSocket = new WebSocket(address, options);
    return upgrade(webSocket, url, init, onOpen);
  };
}

/** Tells whether the environment names a proxy for an address. This machine is never called through one. */
export function isProxied(url: URL, env: Environment = processEnvironment()): boolean {
  const settings = readProxySettings(env);
  if (settings === undefined || isLoopbackHost(url.hostname)) return false;
  return (url.protocol === "http:" ? settings.httpProxy : settings.httpsProxy) !== "";
}

async function certificates(): Promise<{ ca?: string[] }> {
  const settings = readProxySettings(processEnvironment());
  return settings === undefined ? {} : trustedCertificates(settings);
}

function upgrade(
  webSocket: WebSocket,
  url: URL,
  { signal }: FetchInit,
  onOpen: (connection: WebSocketConnection) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const onAbort = (): void => {
      webSocket.terminate();
      reject(signal?.reason);
    };
    const settle = (): void => signal?.removeEventListener("abort", onAbort);
    signal?.addEventListener("abort", onAbort, { once: true });
    // "error" is also heard after the end: the refusal and the abort end in one.
    webSocket.on("error", (error) => {
      settle();
      reject(error);
    });
    webSocket.once("upgrade", (message) => {
      answer = message;
    });
    webSocket.once("open", () => {
      settle();
      if (answer === undefined) return;
      onOpen(new OpenWebSocket(webSocket, answer.socket, url));
      resolve(new Response(null, { headers: headersOf(answer) }));
    });
    webSocket.once("unexpected-response", (_request, message: IncomingMessage & { socket: Socket }) => {
      settle();
      readRefusal(message, url).then(resolve, reject);
    });
  });
}

/** Reads what was answered instead, within bounds, and lets go of its connection. */
async function readRefusal(message: IncomingMessage, url: URL): Promise<Response> {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) {
    message.destroy();
    throw new AxioError("protocol", `${url.host} gave an answer that was not expected (${status}).`);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  message.setTimeout(REFUSAL_TIMEOUT_MS, () => message.destroy());
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // A refusal whose words broke off is one all the same.
  }
  message.destroy();
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers: headersOf(message) });
}

/** How long the words of a refusal may take, in milliseconds. */
const REFUSAL_TIMEOUT_MS = 10_000;

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}
