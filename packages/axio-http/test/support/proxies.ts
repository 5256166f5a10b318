import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from "node:net";
import { onTestFinished } from "vitest";

/** A proxy for one test. It connects every client to `targetPort` of this machine. */
export interface TestProxy {
  readonly port: number;
  /** The requested targets, as `host:port`. */
  readonly targets: readonly string[];
  /** The credentials of its clients, decoded. */
  readonly credentials: readonly string[];
}

/** Starts a proxy for CONNECT of HTTP. With `rejectWith` it sends this status to every client. */
export async function startHttpProxy(targetPort: number, rejectWith?: number): Promise<TestProxy> {
  const targets: string[] = [];
  const credentials: string[] = [];
  const server = createHttpServer();
  server.on("connect", (request, socket: Socket) => {
    targets.push(request.url ?? "");
    const [, encoded = ""] = (request.headers["proxy-authorization"] ?? "").split(" ");
    credentials.push(Buffer.from(encoded, "base64").toString());
    if (rejectWith !== undefined) socket.end(`HTTP/1.1 ${rejectWith} No\r\n\r\n`);
    else join(socket, targetPort, "HTTP/1.1 200 OK\r\n\r\n");
  });
  return { port: await listen(server), targets, credentials };
}

/** Starts a proxy for the part of SOCKS 5 (RFC 1928) that clients with a host name and no password need. */
export async function startSocksProxy(targetPort: number): Promise<TestProxy> {
  const targets: string[] = [];
  const server = createTcpServer((socket) => {
    socket.once("data", () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once("data", (request) => {
        const nameLength = request[4] ?? 0;
        const name = request.subarray(5, 5 + nameLength).toString();
        targets.push(`${name}:${request.readUInt16BE(5 + nameLength)}`);
        join(socket, targetPort, Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
      });
    });
  });
  return { port: await listen(server), targets, credentials: [] };
}

/** Starts a proxy that accepts connections and sends nothing. */
export async function startSilentProxy(
  onConnection: (socket: Socket) => void = () => {},
): Promise<Pick<TestProxy, "port">> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    onConnection(socket);
  });
  return { port: await listen(server) };
}

function join(client: Socket, targetPort: number, greeting: string | Uint8Array): void {
  const target = connect(targetPort, "127.0.0.1", () => {
    client.write(greeting);
    client.pipe(target).pipe(client);
  });
  target.on("error", () => client.destroy());
  client.on("error", () => target.destroy());
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}
