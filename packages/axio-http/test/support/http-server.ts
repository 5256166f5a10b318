import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server for one test. */
export interface TestServer {
  readonly url: string;
  readonly server: Server;
  /** Ends once no connection is open; the test's own time limit is the only one. */
  noConnections(): Promise<void>;
  /** Cuts all connections without a goodbye. */
  resetConnections(): void;
}

/** Starts a server on the loopback, and closes it when the test is done. */
export async function startServer(onRequest: RequestListener): Promise<TestServer> {
  const server = createServer(onRequest);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      server.emit("axio-test-socket-closed");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    async noConnections() {
      while (sockets.size > 0) await once(server, "axio-test-socket-closed");
    },
    resetConnections() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}
