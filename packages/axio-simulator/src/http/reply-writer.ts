import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { numberEvents } from "../stream/frames.ts";
import { cutBytes, encodeData, encodeEvent, type Framing } from "../stream/framing.ts";
import type { PlainReply, Reply, StreamReply } from "./reply.ts";

/**
 * Writes a reply.
 *
 * @param gone Aborts when the client leaves or the server closes. Ends every wait.
 */
export async function writeReply(reply: Reply, response: ServerResponse, gone: AbortSignal): Promise<void> {
  switch (reply.kind) {
    case "plain":
      return writePlain(reply, response);
    case "stream":
      return writeStream(reply, response, gone);
    case "reset":
      cutSocket(response.socket);
      return;
    case "close":
      response.socket?.destroySoon();
      return;
    case "stall":
      return untilGone(gone);
  }
}

/** Resets the connection. A TLS connection cannot be reset: it is cut without its closing alert. */
export function cutSocket(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

function writePlain(reply: PlainReply, response: ServerResponse): void {
  const bytes = Buffer.from(reply.body);
  // 204 and 304 must not have a length (RFC 9110 §8.6).
  const length = reply.status === 204 ? {} : { "content-length": String(bytes.length) };
  response.writeHead(reply.status, { ...reply.headers, ...length });
  if (!reply.truncated) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroySoon());
}

async function writeStream(reply: StreamReply, response: ServerResponse, gone: AbortSignal): Promise<void> {
  response.writeHead(reply.status, reply.headers);
  response.flushHeaders();
  const writer = new ChunkWriter(response, reply.framing, gone);
  if (reply.framing.byteOrderMark) await writer.write("\uFEFF");
  const frames = numberEvents(reply.frames);
  for (const [index, frame] of frames.entries()) {
    if (gone.aborted) return;
    switch (frame.kind) {
      case "event":
      case "data": {
        const text =
          frame.kind === "event" ? encodeEvent(frame.event, reply.framing) : encodeData(frame, reply.framing);
        const last = reply.framing.unterminated && index === frames.length - 1;
        await writer.write(last ? text.trimEnd() : text);
        break;
      }
      case "raw":
        await writer.write(frame.text);
        break;
      case "binary":
        break;
      case "wait":
        await writer.flush();
        await sleep(frame.milliseconds, undefined, { signal: gone }).catch(() => undefined);
        break;
      case "close":
      case "end":
        await writer.flush();
        response.end();
        return;
      case "reset":
        await writer.flush();
        cutSocket(response.socket);
        return;
      case "stall":
        await writer.flush();
        return untilGone(gone);
    }
  }
  await writer.flush();
  response.end();
}

/** Clients join chunks that arrive together, so a relevant split needs a pause. */
const SPLIT_PAUSE_MS = 2;

/** Whether a split at `index` is inside a UTF-8 character or between CR and LF. */
function isInsideUnit(bytes: Buffer, index: number): boolean {
  const next = bytes[index];
  if (next === undefined) return false;
  return (next & 0xc0) === 0x80 || (next === 0x0a && bytes[index - 1] === 0x0d);
}

/** Sends text in the chunks that the framing asks for. */
class ChunkWriter {
  readonly #response: ServerResponse;
  readonly #chunks: Framing["chunks"];
  readonly #gone: AbortSignal;
  #held = "";

  constructor(response: ServerResponse, framing: Framing, gone: AbortSignal) {
    this.#response = response;
    this.#chunks = framing.chunks;
    this.#gone = gone;
  }

  async write(text: string): Promise<void> {
    if (this.#chunks === "whole") this.#held += text;
    else await this.#send(text);
  }

  async flush(): Promise<void> {
    const text = this.#held;
    this.#held = "";
    if (text !== "") await this.#send(text);
  }

  async #send(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    let sent = 0;
    for (const piece of cutBytes(bytes, this.#chunks)) {
      if (this.#gone.aborted) return;
      await this.#handOver(piece);
      sent += piece.length;
      if (isInsideUnit(bytes, sent)) await sleep(SPLIT_PAUSE_MS);
    }
  }

  /** Waits until a chunk is handed over, so that chunks stay separate and a reset does not overtake them. */
  #handOver(piece: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#gone.removeEventListener("abort", done);
        resolve();
      };
      // Node never calls back if the socket broke before its end was reported.
      this.#gone.addEventListener("abort", done, { once: true });
      this.#response.write(piece, done);
    });
  }
}

function untilGone(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve();
  return new Promise((resolve) => gone.addEventListener("abort", () => resolve(), { once: true }));
}
