import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { cutSocket } from "../reply-writer.ts";
import { type Frame, numberEvents } from "../stream/frames.ts";

/** Where frames go. */
export interface FrameTarget {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** Aborts when the client has left. */
  readonly gone: AbortSignal;
}

/** Sends each event as one message. Text outside of events has no place in a WebSocket and is left out. */
export async function sendFrames(
  frames: readonly Frame[],
  { webSocket, socket, gone }: FrameTarget,
): Promise<void> {
  for (const frame of numberEvents(frames)) {
    if (gone.aborted) return;
    switch (frame.kind) {
      case "event":
        // Handed over before the next, so that a cut cannot overtake it.
        await new Promise<void>((resolve) => webSocket.send(JSON.stringify(frame.event), () => resolve()));
        break;
      case "raw":
        break;
      case "wait":
        await sleep(frame.milliseconds, undefined, { signal: gone }).catch(() => undefined);
        break;
      case "close":
        webSocket.close(frame.code);
        return;
      case "end":
        webSocket.close(1000);
        return;
      case "reset":
        cutSocket(socket);
        return;
      case "stall":
        if (!gone.aborted) {
          await new Promise<void>((resolve) =>
            gone.addEventListener("abort", () => resolve(), { once: true }),
          );
        }
        return;
    }
  }
}
