import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import { UnknownFaultError } from "../faults/apply-faults.ts";
import { refuseForeignHost } from "../http/host.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, type Reply } from "../http/reply.ts";
import { writeReply } from "../http/reply-writer.ts";
import { recordedRequest } from "../http/request-reader.ts";
import { answerUpgrade, createResponse, type RunningService, type RunningState } from "../service.ts";
import { ResponsesSocket, type SocketHost } from "./responses-socket.ts";

/** Answers the requests of a server for a WebSocket. */
export function handleUpgrades<State extends RunningState, Caller>(
  server: Server,
  requests: RecordedRequest[],
  running: RunningService<State, Caller>,
): void {
  const webSockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", async (message: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => undefined);
    const request = recordedRequest(message, requests.length + 1, "");
    requests.push(request);
    const foreign = refuseForeignHost(message);
    const outcome =
      foreign === undefined
        ? await answerUpgrade(request, running).catch((error: unknown) => ({
            refusal: detailReply(
              error instanceof UnknownFaultError ? 400 : 500,
              `Simulator: ${String(error)}`,
            ),
          }))
        : { refusal: foreign };
    if ("refusal" in outcome) {
      if ("status" in outcome.refusal) request.status = outcome.refusal.status;
      await refuse(outcome.refusal, message, socket);
      return;
    }
    request.status = 101;
    const host = socketHost(outcome.caller, running);
    webSockets.handleUpgrade(message, socket, head, (webSocket) => {
      new ResponsesSocket({ webSocket, socket, upgrade: request, requests, host }).listen();
    });
  });
}

function socketHost<State extends RunningState, Caller>(
  caller: Caller,
  running: RunningService<State, Caller>,
): SocketHost {
  const { service, state } = running;
  return {
    stats: state.stats,
    echo: service.echo(caller),
    messageDefaults: service.messageDefaults,
    refuseMessage: (message) => service.refuseMessage?.(message),
    keptInput: (id) => service.keptInput?.(id, caller, state),
    answer: (request) => createResponse(request, caller, running),
    refuseWarmUp: (request) => service.refuse(request, caller, state, true),
    announce: (headers) => service.announce(headers, caller, state),
  };
}

async function refuse(reply: Reply, message: IncomingMessage, socket: Socket): Promise<void> {
  const response = new ServerResponse(message);
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  // A client that leaves ends only its half, and nothing else reads here.
  socket.once("end", () => socket.destroy()).resume();
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  await writeReply(reply, response, gone.signal);
}
