import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { UnknownFaultError } from "./faults/apply-faults.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { detailReply, type Reply } from "./reply.ts";
import { writeReply } from "./reply-writer.ts";
import { readRequest } from "./request-reader.ts";
import { route } from "./router.ts";
import type { SimulatorState } from "./state.ts";
import { RecordingError } from "./stream/recording.ts";
import type { ServerCertificate } from "./tls.ts";
import { handleUpgrades } from "./web-socket/upgrade.ts";

/** The listening server and what it has received. */
export interface RunningServer {
  readonly port: number;
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and answers every request by the router. */
export async function listen(
  state: SimulatorState,
  port: number,
  certificate: ServerCertificate | undefined,
): Promise<RunningServer> {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  const handle = (message: IncomingMessage, response: ServerResponse): void => {
    void answer(message, response, requests, state);
  };
  const server: Server =
    certificate === undefined ? createHttpServer(handle) : createHttpsServer(certificate, handle);
  // A TLS socket wraps another one; both events would count it twice.
  server.on(certificate === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    sockets.add(socket);
    state.stats.openConnections = sockets.size;
    socket.on("error", () => undefined);
    socket.once("close", () => {
      sockets.delete(socket);
      state.stats.openConnections = sockets.size;
    });
  });
  handleUpgrades(server, requests, state);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
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
  state: SimulatorState,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.on("error", () => undefined);
  response.setHeader("x-request-id", `req_sim${String(requests.length + 1).padStart(8, "0")}`);
  let request: RecordedRequest;
  let reply: Reply;
  try {
    const read = await readRequest(message, requests.length + 1);
    request = read.request;
    requests.push(request);
    reply =
      read.problem === undefined ? await routed(request, state) : detailReply(400, read.problem.message);
  } catch {
    // The client left before its request was complete.
    message.socket.destroy();
    return;
  }
  if ("status" in reply) request.status = reply.status;
  if (reply.kind !== "stream") return writeReply(reply, response, gone.signal);
  state.stats.openStreams += 1;
  try {
    await writeReply(reply, response, gone.signal);
  } finally {
    state.stats.openStreams -= 1;
  }
}

/** A mistake in what was asked of the simulator is told to whoever asked. */
async function routed(request: RecordedRequest, state: SimulatorState): Promise<Reply> {
  try {
    return await route(request, state);
  } catch (error) {
    if (error instanceof UnknownFaultError || error instanceof RecordingError) {
      return detailReply(400, `Simulator: ${error.message}`);
    }
    return detailReply(500, `Simulator: ${String(error)}`);
  }
}
