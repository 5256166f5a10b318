import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** An address that leads to one server of several, as a proxy or a name does at a fail-over. */
export interface TcpSwitch extends AsyncDisposable {
  readonly port: number;
  /** Ends all connections. New ones lead to another port of this machine. */
  switchTo(port: number): void;
}

/** Opens an address that leads to a port of this machine. */
export async function openTcpSwitch(port: number): Promise<TcpSwitch> {
  let target = port;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    // A connection that is refused or cut off ends on both sides.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((incoming) => {
    const outgoing = connect(target, "127.0.0.1");
    keep(incoming, outgoing);
    keep(outgoing, incoming);
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    switchTo(next) {
      target = next;
      endAll();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      endAll();
      await closed;
    },
  };
}
