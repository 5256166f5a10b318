// The server of the Chat Completions API that the adapters use, in its own process. Sends its port to the parent.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { deltasOf, taskOf } from "../src/answer.ts";
import { chatChunks } from "../src/api/wires.ts";

/** A prompt whose response stays open after its first event. */
const HOLD = "Hold.";

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const isHeld = body.includes(HOLD);
  const task = isHeld ? ({ kind: "deltas", count: 1 } as const) : taskOf(body);
  if (task === undefined || request.url?.endsWith("/chat/completions") !== true) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const [role = "", first = "", ...rest] = chatChunks(deltasOf(task));
  response.write(role + first);
  if (isHeld) return;
  // One event at a time, as a model produces them.
  for (const chunk of rest) {
    response.write(chunk);
    await setImmediate();
  }
  response.end();
}

const server = createServer((request, response) => {
  void serve(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
