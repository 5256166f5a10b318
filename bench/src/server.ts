import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import * as zlib from "node:zlib";
import { answerEvents, encodeEvents, promptFor, type Task, taskOf } from "./answer.ts";
import { encodeWire } from "./api/wires.ts";

/** The size of a chunk: independent of event boundaries, and the same for every client. */
const WRITE_BYTES = 16 * 1024;

const answers = new Map<string, Buffer>();

type Encode = (task: Task) => Buffer;

/** The APIs by the end of their paths. */
const APIS: readonly (readonly [path: string, encode: Encode])[] = [
  ["/responses", (task) => encodeEvents(answerEvents(task))],
  ["/chat/completions", (task) => encodeWire("chat", task)],
  ["/messages", (task) => encodeWire("messages", task)],
];

// Cached, so that clients never wait for the server.
function answerTo(task: Task, [path, encode]: (typeof APIS)[number]): Buffer {
  const key = `${path} ${promptFor(task)}`;
  const known = answers.get(key);
  if (known) return known;
  const answer = encode(task);
  answers.set(key, answer);
  return answer;
}

/** Reads a body, which some clients compress where Node can, which is from version 22.15. */
async function readBody(request: IncomingMessage): Promise<string> {
  const bytes = await buffer(request);
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Buffer) => Buffer };
  const isCompressed = request.headers["content-encoding"] === "zstd";
  return (isCompressed && zstdDecompressSync ? zstdDecompressSync(bytes) : bytes).toString();
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const api = APIS.find(([path]) => request.method === "POST" && request.url?.endsWith(path));
  const task = api === undefined ? undefined : taskOf(body);
  if (api === undefined || task === undefined || !body.includes('"stream":true')) {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `${request.method} ${request.url} is not served.` } }));
    return;
  }
  const answer = answerTo(task, api);
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  for (let start = 0; start < answer.length && !response.destroyed; start += WRITE_BYTES) {
    if (!response.write(answer.subarray(start, start + WRITE_BYTES))) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
// A client that is paused on a busy machine must find its connection open.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
// The server stops when the parent exits.
process.on("disconnect", () => process.exit());
