import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { UnknownFaultError } from "../faults/apply-faults.ts";
import { RecordingError } from "../stream/recording.ts";
import { allowOrigins } from "./cors.ts";
import { refuseForeignHost } from "./host.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { detailReply, type Reply } from "./reply.ts";
import { writeReply } from "./reply-writer.ts";
import { readRequest } from "./request-reader.ts";
import type { ServerCertificate } from "./tls.ts";

/** A listening server and the requests it received. */
export interface RunningServer {
  readonly port: number;
  readonly requests: readonly RecordedRequest[];
  /** Empties `requests`. */
  forget(): void;
  close(): Promise<void>;
}

/** Counts of open streams and connections. */
export interface ConnectionStats {
  openStreams: number;
  openConnections: number;
}

/** The options of {@link listen}. */
export interface ListenOptions {
  /** The port on 127.0.0.1, or 0 for any free port. */
  readonly port: number;
  /** Lets web pages of any origin send requests. */
  readonly cors: boolean;
  /** Makes the server speak https. */
  readonly certificate: ServerCertificate | undefined;
  readonly stats: ConnectionStats;
  readonly route: (request: RecordedRequest) => Promise<Reply>;
  /** Handles the requests for a WebSocket. */
  readonly takeUpgrades: (server: Server, requests: RecordedRequest[]) => void;
}

/** How many connections wait to be accepted. With Node's default of 511, some of a thousand at once wait for another second. */
const BACKLOG = 2048;

/** Listens on 127.0.0.1 and answers every request. */
export async function listen(options: ListenOptions): Promise<RunningServer> {
  const { certificate, stats } = options;
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  const handle = (message: IncomingMessage, response: ServerResponse): void => {
    void answer(message, response, requests, options);
  };
  const server: Server =
    certificate === undefined ? createHttpServer(handle) : createHttpsServer(certificate, handle);
  // A TLS socket wraps another one, so both events would count it twice.
  server.on(certificate === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    sockets.add(socket);
    stats.openConnections = sockets.size;
    socket.on("error", () => undefined);
    socket.once("close", () => {
      sockets.delete(socket);
      stats.openConnections = sockets.size;
    });
  });
  options.takeUpgrades(server, requests);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, host: "127.0.0.1", backlog: BACKLOG }, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    forget: () => void requests.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  requests: RecordedRequest[],
  { route, stats, cors }: ListenOptions,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.on("error", () => undefined);
  if (cors && allowOrigins(message, response)) return;
  response.setHeader("x-request-id", `req_sim${String(requests.length + 1).padStart(8, "0")}`);
  let request: RecordedRequest;
  let reply: Reply;
  try {
    const read = await readRequest(message, requests.length + 1);
    request = read.request;
    requests.push(request);
    reply =
      refuseForeignHost(message) ??
      (read.problem === undefined ? await routed(request, route) : detailReply(400, read.problem.message));
  } catch {
    // The client left before the end of its request.
    message.socket.destroy();
    return;
  }
  if ("status" in reply) request.status = reply.status;
  if (reply.kind !== "stream") return writeReply(reply, response, gone.signal);
  stats.openStreams += 1;
  try {
    await writeReply(reply, response, gone.signal);
  } finally {
    stats.openStreams -= 1;
  }
}

/** Answers a mistake in a directive with an error that names it. */
async function routed(request: RecordedRequest, route: ListenOptions["route"]): Promise<Reply> {
  try {
    return await route(request);
  } catch (error) {
    if (error instanceof UnknownFaultError || error instanceof RecordingError) {
      return detailReply(400, `Simulator: ${error.message}`);
    }
    return detailReply(500, `Simulator: ${String(error)}`);
  }
}
