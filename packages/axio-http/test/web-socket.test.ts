import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { setImmediate as nextTick } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { isProxied, type OpenWebSocket, openedWebSocket, sendRequest, webSocketFetch } from "../src/index.ts";
import { rejectionOf } from "./support/signals.ts";

interface Peer {
  readonly url: string;
  readonly sockets: Set<Socket>;
  readonly upgrades: IncomingMessage[];
}

/** A server that passes each WebSocket to `talk`, or the socket of the upgrade to `refuse`. */
async function startPeer(
  talk: (webSocket: WebSocket) => void,
  refuse?: (socket: Socket) => void,
): Promise<Peer> {
  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true });
  const sockets = new Set<Socket>();
  const upgrades: IncomingMessage[] = [];
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (message, socket, head) => {
    upgrades.push(message);
    if (refuse !== undefined) refuse(socket as Socket);
    else webSockets.handleUpgrade(message, socket, head, talk);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/talk?a=1`, sockets, upgrades };
}

async function open(url: string): Promise<OpenWebSocket> {
  const headers = { authorization: "Bearer t" };
  const connection = openedWebSocket(await sendRequest({ url, headers, fetch: webSocketFetch }));
  if (connection === undefined) throw new Error("No connection was opened.");
  onTestFinished(() => connection.close());
  return connection;
}

async function texts(
  connection: OpenWebSocket,
  text: string,
  last: string,
  options: { readonly keep?: boolean; readonly idleTimeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<string[]> {
  const all: string[] = [];
  const exchange = connection.exchange(text, options);
  for await (const batch of exchange) {
    all.push(...batch);
    if (!all.includes(last)) continue;
    if (options.keep === true) exchange.finish();
    break;
  }
  return all;
}

test("sends and receives texts, and keeps the connection open after a finished exchange", async () => {
  const peer = await startPeer((webSocket) =>
    webSocket.on("message", (data) => {
      webSocket.send(`${data} one`);
      webSocket.send(`${data} two`);
    }),
  );
  const connection = await open(peer.url);
  expect(peer.upgrades[0]?.headers.authorization).toBe("Bearer t");
  expect(peer.upgrades[0]?.url).toBe("/talk?a=1");
  for (const word of ["a", "b"]) {
    expect(await texts(connection, word, `${word} two`, { keep: true })).toEqual([
      `${word} one`,
      `${word} two`,
    ]);
  }
  expect(connection.isOpen).toBe(true);
  expect(peer.upgrades).toHaveLength(1);
});

test("a message between two exchanges belongs to neither", async () => {
  let peerSocket: WebSocket | undefined;
  const peer = await startPeer((webSocket) => {
    peerSocket = webSocket;
    webSocket.on("message", (data) => webSocket.send(`${data}`));
  });
  const connection = await open(peer.url);
  await texts(connection, "a", "a", { keep: true });
  peerSocket?.send("stray");
  const pong = once(peerSocket as WebSocket, "pong");
  peerSocket?.ping();
  await pong;
  expect(await texts(connection, "b", "b", { keep: true })).toEqual(["b"]);
});

test("leaving the loop early closes the connection", async () => {
  const peer = await startPeer((webSocket) => webSocket.on("message", () => webSocket.send("x")));
  const connection = await open(peer.url);
  await texts(connection, "a", "x");
  expect(connection.isOpen).toBe(false);
  while (peer.sockets.size > 0) await nextTick();
});

test("an abort closes the connection, and the exchange throws it", async () => {
  const peer = await startPeer((webSocket) => webSocket.on("message", () => webSocket.send("x")));
  const controller = new AbortController();
  const connection = await open(peer.url);
  const exchange = connection.exchange("a", { signal: controller.signal });
  await exchange.next();
  controller.abort(new Error("enough"));
  expect(await rejectionOf(exchange.next())).toMatchObject({ code: "aborted" });
  while (peer.sockets.size > 0) await nextTick();
});

test.each([
  ["closes", (webSocket: WebSocket) => webSocket.close(1011, "going down"), /\(1011\).*going down/],
  [
    "cuts the connection",
    (webSocket: WebSocket) => webSocket.terminate(),
    /before the response was complete|broke/,
  ],
])(
  "if the peer %s after a text, the text comes first and then a retryable error",
  async (_, end, message) => {
    const peer = await startPeer((webSocket) =>
      webSocket.on("message", () => webSocket.send("x", () => end(webSocket))),
    );
    const exchange = (await open(peer.url)).exchange("a");
    expect((await exchange.next()).value).toEqual(["x"]);
    const error = await rejectionOf(exchange.next());
    expect(error).toMatchObject({ retryable: true, message: expect.stringMatching(message) });
  },
);

test("a binary message is an error", async () => {
  const peer = await startPeer((webSocket) =>
    webSocket.on("message", () => webSocket.send(Buffer.from([1]))),
  );
  const error = await rejectionOf((await open(peer.url)).exchange("a").next());
  expect(error).toMatchObject({ code: "protocol" });
});

test("pings do not count as messages", async () => {
  const peer = await startPeer((webSocket) => {
    const timer = setInterval(() => webSocket.ping(), 5);
    webSocket.once("close", () => clearInterval(timer));
  });
  const error = await rejectionOf((await open(peer.url)).exchange("a", { idleTimeoutMs: 60 }).next());
  expect(error).toMatchObject({ code: "stream-idle", retryable: true });
});

test("a slow reader gets every text, and its time is not idle time", async () => {
  const count = 5_000;
  const peer = await startPeer((webSocket) =>
    webSocket.on("message", () => {
      for (let index = 0; index < count; index += 1) webSocket.send(String(index));
    }),
  );
  const connection = await open(peer.url);
  const all: string[] = [];
  for await (const batch of connection.exchange("a", { idleTimeoutMs: 2_000 })) {
    all.push(...batch);
    await nextTick();
    if (all.length === count) break;
  }
  expect(all).toEqual(Array.from({ length: count }, (_, index) => String(index)));
});

test("a refused upgrade is a response with status, headers and body", async () => {
  const peer = await startPeer(
    () => undefined,
    (socket) =>
      socket.end("HTTP/1.1 426 Upgrade Required\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 2\r\n\r\n{}"),
  );
  const response = await sendRequest({ url: peer.url, fetch: webSocketFetch });
  expect([response.status, response.headers.get("x-a"), await response.text()]).toEqual([426, "1, 2", "{}"]);
  expect(openedWebSocket(response)).toBeUndefined();
  while (peer.sockets.size > 0) await nextTick();
});

test("an upgrade without a response in time, and an aborted one, leave no connection", async () => {
  const peer = await startPeer(
    () => undefined,
    // Without reading, the server would not see the end.
    (socket) => socket.once("end", () => socket.destroy()).resume(),
  );
  const fetch = webSocketFetch;
  const late = await rejectionOf(sendRequest({ url: peer.url, fetch, responseTimeoutMs: 30 }));
  expect(late).toMatchObject({ code: "response-timeout", retryable: true });
  const controller = new AbortController();
  const aborted = rejectionOf(sendRequest({ url: peer.url, fetch, signal: controller.signal }));
  const before = peer.upgrades.length;
  while (peer.upgrades.length === before) await nextTick();
  controller.abort();
  expect(await aborted).toMatchObject({ code: "aborted" });
  while (peer.sockets.size > 0) await nextTick();
});

test("a closed port is the same error as with fetch", async () => {
  const peer = createServer().listen(0, "127.0.0.1");
  await once(peer, "listening");
  const { port } = peer.address() as AddressInfo;
  peer.close();
  await once(peer, "close");
  const error = await rejectionOf(sendRequest({ url: `http://127.0.0.1:${port}`, fetch: webSocketFetch }));
  expect(error).toMatchObject({ code: "network", retryable: true, details: { connected: false } });
});

test.each([
  ["https://example.com", { HTTPS_PROXY: "http://proxy:1" }, true],
  ["https://example.com", { HTTP_PROXY: "http://proxy:1" }, true],
  ["https://api.example.com", { HTTPS_PROXY: "http://proxy:1", NO_PROXY: ".example.com" }, false],
  ["https://example.com", { HTTPS_PROXY: "http://proxy:1", NO_PROXY: "*" }, false],
  ["https://example.com", { HTTPS_PROXY: "http://proxy:1", NO_PROXY: "example.com:8443 ample.com" }, true],
  ["https://example.com", { ALL_PROXY: "socks5://proxy:1" }, true],
  ["http://127.0.0.1:1", { HTTP_PROXY: "http://proxy:1" }, false],
  ["https://example.com", {}, false],
])("%s with %j uses a proxy: %s", (url, env, expected) => {
  expect(isProxied(new URL(url), env)).toBe(expected);
});

test("an error in a handler of the upgrade fails the request, and leaves no connection", async () => {
  const peer = await startPeer(() => {});
  const unref = vi.spyOn(Socket.prototype, "unref").mockImplementation(() => {
    throw new TypeError("unref is not a function");
  });
  onTestFinished(() => unref.mockRestore());
  const error = await rejectionOf(sendRequest({ url: peer.url, fetch: webSocketFetch }));
  expect(error).toMatchObject({ code: "unexpected", retryable: false, cause: { name: "TypeError" } });
  await vi.waitUntil(() => peer.sockets.size === 0);
});

test("an error in a handler of a message fails the exchange", async () => {
  const peer = await startPeer((webSocket) =>
    webSocket.on("message", () => {
      for (let count = 0; count < 2_000; count += 1) webSocket.send("more");
    }),
  );
  const connection = await open(peer.url);
  const pause = vi.spyOn(WebSocket.prototype, "pause").mockImplementation(() => {
    throw new TypeError("pause is not a function");
  });
  onTestFinished(() => pause.mockRestore());
  const read = async (): Promise<void> => {
    // Slower than the peer.
    for await (const _ of connection.exchange("go")) await nextTick();
  };
  const error = await rejectionOf(read());
  expect(error).toMatchObject({ code: "unexpected", cause: { name: "TypeError" } });
  expect(connection.isOpen).toBe(false);
});
