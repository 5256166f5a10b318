import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A proxy on loopback that refuses every request and records its host. */
export interface RefusingProxy extends AsyncDisposable {
  readonly url: string;
  /** One line for each host that was requested. */
  problems(): readonly string[];
}

/** Starts the proxy. It takes the place of the network, so that a run cannot reach it unnoticed. */
export async function startRefusingProxy(): Promise<RefusingProxy> {
  const hosts = new Set<string>();
  const server = createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      const [, target] = /^\S+ (\S+)/.exec(data.toString("latin1")) ?? [];
      hosts.add(target ?? "(not HTTP)");
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    problems: () => [...hosts].map((host) => `it asked for ${host} and was refused`),
    async [Symbol.asyncDispose](): Promise<void> {
      server.close();
      await once(server, "close");
    },
  };
}
