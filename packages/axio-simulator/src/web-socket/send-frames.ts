import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { cutSocket } from "../http/reply-writer.ts";
import { type Frame, numberEvents } from "../stream/frames.ts";
import { cutBytes, type Framing } from "../stream/framing.ts";

/** The destination of frames. */
export interface FrameTarget {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** Aborts when the client leaves. */
  readonly gone: AbortSignal;
  /** Whether messages are sent in fragments, or all at once. */
  readonly chunks: Framing["chunks"];
}

/**
 * Sends each event as one message. Raw text is sent as a reader of an event stream would read it: the data of each block
 * is a message, and a block without its end is a truncated message.
 */
export async function sendFrames(frames: readonly Frame[], target: FrameTarget): Promise<void> {
  const { webSocket, socket, gone, chunks } = target;
  if (chunks === "whole") socket.cork();
  try {
    for (const frame of numberEvents(frames)) {
      if (gone.aborted) return;
      switch (frame.kind) {
        case "event":
          await send(JSON.stringify(frame.event), target);
          break;
        case "data":
          await send(JSON.stringify(frame.data), target);
          break;
        case "raw":
          await sendRaw(frame.text, target);
          break;
        case "binary":
          webSocket.send(Buffer.from("bytes"));
          break;
        case "wait":
          socket.uncork();
          await sleep(frame.milliseconds, undefined, { signal: gone }).catch(() => undefined);
          break;
        case "close":
          webSocket.close(frame.code, frame.reason);
          return;
        case "end":
          webSocket.close(1000);
          return;
        case "reset":
          cutSocket(socket);
          return;
        case "stall":
          socket.uncork();
          if (!gone.aborted) {
            await new Promise<void>((resolve) =>
              gone.addEventListener("abort", () => resolve(), { once: true }),
            );
          }
          return;
      }
    }
  } finally {
    socket.uncork();
  }
}

/** Waits until a message is handed over, so that a cut does not overtake it. */
async function send(text: string, { webSocket, gone, chunks }: FrameTarget): Promise<void> {
  const pieces = chunks === "whole" ? [Buffer.from(text)] : [...cutBytes(Buffer.from(text), chunks)];
  for (const [index, piece] of pieces.entries()) {
    if (gone.aborted) return;
    const fin = index === pieces.length - 1;
    const isHandedOver = new Promise<void>((resolve) => {
      webSocket.send(piece, { binary: false, fin }, () => resolve());
    });
    // Corked data is handed over at the end.
    if (fin && chunks !== "whole") await isHandedOver;
  }
  if (pieces.length === 0) webSocket.send("");
}

async function sendRaw(text: string, target: FrameTarget): Promise<void> {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() ?? "";
  for (const block of blocks) await send(dataOf(block), target);
  if (rest === "") return;
  const data = Buffer.from(dataOf(rest));
  // A text frame with a length beyond its data (RFC 6455 §5.2).
  const header = Buffer.from([0x81, 126, 0xff, 0xff]);
  await new Promise<void>((resolve) => target.socket.write(Buffer.concat([header, data]), () => resolve()));
  target.socket.destroySoon();
}

function dataOf(block: string): string {
  const lines = block.split("\n").flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? []);
  return lines.join("\n");
}
