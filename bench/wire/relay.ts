import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A proxy that counts the bytes sent to a server. */
export interface Relay {
  readonly port: number;
  /** The bytes that clients have sent, including headers and frames. */
  readonly bytes: number;
  close(): void;
}

/** Starts a relay on the loopback interface. */
export async function startRelay(targetPort: number): Promise<Relay> {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    client.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    client.pipe(target).pipe(client);
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        client.destroy();
        target.destroy();
        sockets.delete(socket);
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get bytes() {
      return bytes;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
