// Shares a sign-in: makes calls with the transport on request, and reports their outcomes.

import { setTimeout as sleep } from "node:timers/promises";
import { AxioError, userMessage } from "axio";
import { openTransport, type RoutePlace } from "./routes.ts";

/** The start parameters of a worker, as JSON in its first argument. */
export type WorkerOptions = RoutePlace;

/** A request to make one call. */
export interface CallOrder {
  readonly id: number;
  /** The delay before the call, in milliseconds. */
  readonly delayMs: number;
}

/** The outcome of a call. */
export interface CallOutcome {
  readonly id: number;
  /** The duration in milliseconds. */
  readonly ms: number;
  /** The error's code; absent if the call succeeded. */
  readonly error?: string;
}

const transport = await openTransport(JSON.parse(process.argv[2] ?? "{}") as WorkerOptions);

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
// Exit with the parent.
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
