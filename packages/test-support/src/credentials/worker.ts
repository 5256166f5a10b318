// A process that shares a sign-in: makes calls with the transport when it is told to, and says how they went.

import { setTimeout as sleep } from "node:timers/promises";
import { AxioError, userMessage } from "axio";
import { openTransport, type RoutePlace } from "./routes.ts";

/** What a worker is started with, as JSON in its first argument. */
export type WorkerOptions = RoutePlace;

/** One call that it is to make. */
export interface CallOrder {
  readonly id: number;
  /** How long to wait before, in milliseconds. */
  readonly delayMs: number;
}

/** How a call went. */
export interface CallOutcome {
  readonly id: number;
  /** From the call's beginning to its end, in milliseconds. */
  readonly ms: number;
  /** The error's code; missing where the call was served. */
  readonly error?: string;
}

const transport = openTransport(JSON.parse(process.argv[2] ?? "{}") as WorkerOptions);

async function answerTo({ id, delayMs }: CallOrder): Promise<CallOutcome> {
  await sleep(delayMs);
  const start = performance.now();
  try {
    let text = "";
    for await (const event of transport.stream({
      system: "You are a test.",
      messages: [userMessage(`say ${id}`)],
      tools: [],
    })) {
      if (event.type === "text-delta") text += event.delta;
    }
    return {
      id,
      ms: performance.now() - start,
      ...(text.trim() === String(id) ? {} : { error: "wrong-answer" }),
    };
  } catch (error) {
    const code = AxioError.is(error) ? error.code : String(error);
    return { id, ms: performance.now() - start, error: code };
  }
}

process.on("message", (order: CallOrder) => {
  void answerTo(order).then((outcome) => process.send?.(outcome));
});
// Ends with whoever started it, whichever way that one ends.
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
