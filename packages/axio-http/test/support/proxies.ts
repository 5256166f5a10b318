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

/** A proxy for one test. Wherever it is asked to connect to, it connects to `targetPort` on this machine. */
export interface TestProxy {
  readonly port: number;
  /** Where it was asked to connect to, as `host:port`. */
  readonly asked: readonly string[];
  /** The credentials that it was given, decoded. */
  readonly credentials: readonly string[];
}

/** Starts a proxy that speaks HTTP's CONNECT; with `refuseWith` it answers that status to all. */
export async function startHttpProxy(targetPort: number, refuseWith?: number): Promise<TestProxy> {
  const asked: string[] = [];
  const credentials: string[] = [];
  const server = createHttpServer();
  server.on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    const [, encoded = ""] = (request.headers["proxy-authorization"] ?? "").split(" ");
    credentials.push(Buffer.from(encoded, "base64").toString());
    if (refuseWith !== undefined) socket.end(`HTTP/1.1 ${refuseWith} No\r\n\r\n`);
    else join(socket, targetPort, "HTTP/1.1 200 OK\r\n\r\n");
  });
  return { port: await listen(server), asked, credentials };
}

/** Starts a proxy that speaks as much of SOCKS 5 (RFC 1928) as a client with a host name and no password needs. */
export async function startSocksProxy(targetPort: number): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createTcpServer((socket) => {
    socket.once("data", () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once("data", (request) => {
        const nameLength = request[4] ?? 0;
        const name = request.subarray(5, 5 + nameLength).toString();
        asked.push(`${name}:${request.readUInt16BE(5 + nameLength)}`);
        join(socket, targetPort, Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
      });
    });
  });
  return { port: await listen(server), asked, credentials: [] };
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
