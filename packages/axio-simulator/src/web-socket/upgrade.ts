import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import { UnknownFaultError } from "../faults/apply-faults.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { detailReply, type Reply } from "../reply.ts";
import { writeReply } from "../reply-writer.ts";
import { recordedRequest } from "../request-reader.ts";
import { ResponsesSocket, type SocketHost } from "./responses-socket.ts";

/** Decides on a request for a WebSocket. */
export type AcceptUpgrade = (
  request: RecordedRequest,
) => Promise<{ readonly host: SocketHost } | { readonly refusal: Reply }>;

/** Takes the requests of a server for a WebSocket. */
export function handleUpgrades(server: Server, requests: RecordedRequest[], accept: AcceptUpgrade): void {
  const webSockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", async (message: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => undefined);
    const request = recordedRequest(message, requests.length + 1, "");
    requests.push(request);
    const outcome = await accept(request).catch((error: unknown) => ({
      refusal: detailReply(error instanceof UnknownFaultError ? 400 : 500, `Simulator: ${String(error)}`),
    }));
    if ("refusal" in outcome) {
      if ("status" in outcome.refusal) request.status = outcome.refusal.status;
      await refuse(outcome.refusal, message, socket);
      return;
    }
    request.status = 101;
    webSockets.handleUpgrade(message, socket, head, (webSocket) => {
      new ResponsesSocket({ webSocket, socket, upgrade: request, requests, host: outcome.host }).listen();
    });
  });
}

async function refuse(reply: Reply, message: IncomingMessage, socket: Socket): Promise<void> {
  const response = new ServerResponse(message);
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  // A client that leaves ends its half only, and nobody else reads here.
  socket.once("end", () => socket.destroy()).resume();
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  await writeReply(reply, response, gone.signal);
}
