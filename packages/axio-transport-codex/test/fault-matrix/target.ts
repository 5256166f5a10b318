import { startSimulator } from "axio-simulator";
import { POINTS, UNDISTURBED } from "test-support/fault-matrix/cells";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import { requestsTo, transportTo } from "../support.ts";

/** The Codex backend over one channel. */
export async function codexTarget(channel: "sse" | "websocket"): Promise<FaultTarget> {
  const simulator = await startSimulator();
  return {
    points: POINTS,
    undisturbed: UNDISTURBED,
    refreshes: 1,
    faults: simulator.faults,
    get stats() {
      return simulator.stats;
    },
    connect: (options) => transportTo(simulator, { transport: channel, ...options }),
    requests: () =>
      requestsTo(simulator, "/responses").filter(({ method, status }) => method !== "GET" || status !== 101)
        .length,
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
