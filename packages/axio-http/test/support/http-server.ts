import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { listenForTest } from "test-support/local-server";

/** A server for one test. */
export interface TestServer {
  readonly url: string;
  readonly server: Server;
  /**
   * Resolves when every response has ended or its connection is closed. The only timeout is that of the test. Connections
   * without a request do not count: undici replaces each one that was cut with an idle one.
   */
  noOpenResponses(): Promise<void>;
  /** Resets all connections. */
  resetConnections(): void;
}

/** Starts a server on a loopback address, and closes it when the test ends. */
export async function startServer(onRequest: RequestListener): Promise<TestServer> {
  const server = createServer();
  const sockets = new Set<Socket>();
  const open = new Set<ServerResponse>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (request, response) => {
    open.add(response);
    response.once("close", () => open.delete(response));
    onRequest(request, response);
  });
  const origin = await listenForTest(server);
  return {
    url: origin,
    server,
    async noOpenResponses() {
      for (const response of open) await once(response, "close");
    },
    resetConnections() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}
