import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { AxioError } from "axio";
import type { WebSocket } from "ws";
import type { FetchInit, FetchLike } from "./fetch-like.ts";
import { connectionError } from "./network-error.ts";
import { type Environment, processEnvironment, proxyFor, readProxySettings } from "./proxy-settings.ts";
import { trustedCertificates } from "./trusted-certificates.ts";
import { guardHandler, OpenWebSocket, type UnderlyingSocket, unexpectedError } from "./web-socket.ts";

/** How much of the body of a refused upgrade is read, in bytes, and for how long, in milliseconds. */
const MAX_REFUSAL_BYTES = 64 * 1024;
const REFUSAL_TIMEOUT_MS = 10_000;

/** The connections of responses to successful upgrades. */
const connections = new WeakMap<Response, OpenWebSocket>();

/**
 * A `fetch` that requests a WebSocket (RFC 6455 §4.1), so that `sendRequest` gives an upgrade the same timeout and errors as
 * any other request. If the peer switches protocols, the response has the status 200, since `Response` allows no 101, and
 * {@link openedWebSocket} returns its connection. Any other response is returned as it came.
 *
 * `ws` is loaded with the first call. Proxies are not supported: check {@link isProxied} first.
 *
 * @example
 * ```ts
 * import { openedWebSocket, sendRequest, webSocketFetch } from "axio-http";
 *
 * const response = await sendRequest({ url: "https://api.example.com/v1/responses", fetch: webSocketFetch });
 * const connection = openedWebSocket(response);
 * ```
 */
export const webSocketFetch: FetchLike = async (input, init = {}) => {
  const url = new URL(input);
  const [{ WebSocket }, ca] = await Promise.all([import("ws"), certificates()]);
  init.signal?.throwIfAborted();
  const address = new URL(url);
  address.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return upgrade(new WebSocket(address, { headers: init.headers, ...ca }), url, init);
};

/** Returns the connection that an upgrade opened, which the caller must close; `undefined` if the peer did not upgrade. */
export function openedWebSocket(response: Response): OpenWebSocket | undefined {
  return connections.get(response);
}

/** Whether the environment configures a proxy for a URL. Loopback addresses never use a proxy. */
export function isProxied(url: URL, env: Environment = processEnvironment()): boolean {
  const settings = readProxySettings(env);
  return settings !== undefined && proxyFor(url, settings) !== undefined;
}

async function certificates(): Promise<{ ca?: string[] }> {
  const settings = readProxySettings(processEnvironment());
  return settings === undefined ? {} : trustedCertificates(settings);
}

function upgrade(webSocket: WebSocket, url: URL, { signal }: FetchInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    let message: IncomingMessage | undefined;
    const onAbort = (): void => {
      webSocket.terminate();
      reject(signal?.reason);
    };
    const stopListening = (): void => signal?.removeEventListener("abort", onAbort);
    signal?.addEventListener("abort", onAbort, { once: true });
    // The listener stays: a refusal or an abort ends in an "error" too.
    webSocket.on("error", (error) => {
      stopListening();
      reject(connectionError(error, url));
    });
    webSocket.once("upgrade", (response) => {
      message = response;
    });
    const fail = (error: unknown): void => {
      reject(unexpectedError(error, url));
      webSocket.terminate();
    };
    const onOpen = guardHandler(fail, () => {
      stopListening();
      const response = new Response(null, { headers: headersOf(message) });
      connections.set(response, new OpenWebSocket(webSocket, socketOf(webSocket, message), url));
      resolve(response);
    });
    webSocket.once("open", onOpen);
    webSocket.once("unexpected-response", (_request, response: IncomingMessage & { socket: Socket }) => {
      stopListening();
      readRefusal(response, url).then(resolve, reject);
    });
  });
}

/** Reads the response to a refused upgrade, within limits, and closes its connection. */
async function readRefusal(message: IncomingMessage, url: URL): Promise<Response> {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) {
    message.destroy();
    throw new AxioError(
      "protocol",
      `${url.host} sent an unexpected response (${status}). Check the base URL.`,
    );
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
    // A part of the body is enough.
  }
  message.destroy();
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers: headersOf(message) });
}

/** Bun's `ws` exposes the connection only under the name that `ws` keeps to itself. */
function socketOf(webSocket: WebSocket, message: IncomingMessage | undefined): UnderlyingSocket | undefined {
  // Typed as if there always were one.
  const socket: unknown = message?.socket ?? Reflect.get(webSocket, "_socket");
  return isReferenced(socket) ? socket : undefined;
}

function isReferenced(value: unknown): value is UnderlyingSocket {
  return typeof value === "object" && value !== null && "ref" in value && "unref" in value;
}

function headersOf(message: IncomingMessage | undefined): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message?.headersDistinct ?? {})) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}
