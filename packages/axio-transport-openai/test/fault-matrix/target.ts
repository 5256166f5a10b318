import { startOpenAISimulator } from "axio-simulator";
import {
  POINTS,
  type Point,
  type Points,
  UNDISTURBED,
  type UndisturbedRun,
} from "test-support/fault-matrix/cells";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import type { ServerApi, ServerTransportOptions } from "../../src/index.ts";
import { callsTo, transportTo } from "../support.ts";

/** On Chat Completions, blocks have no end of their own: they end where the next one begins, and calls with the response. */
const CHAT_POINTS: Points = {
  ...POINTS,
  "after-call": {
    ...POINTS["after-call"],
    emitted: "rate-limits reasoning-delta block-end text-delta block-end tool-use-start tool-input-delta",
  },
  end: {
    ...POINTS.end,
    emitted: "rate-limits reasoning-delta block-end text-delta block-end tool-use-start tool-input-delta",
  },
};

/** No header of a message states rate limits. */
const WEB_SOCKET_POINTS = Object.fromEntries(
  Object.entries(POINTS).map(([name, point]) => [name, { ...point, emitted: withoutLimits(point.emitted) }]),
) as Record<Point, Points[Point]>;

const WEB_SOCKET_RUN: UndisturbedRun = {
  ...UNDISTURBED,
  first: withoutLimits(UNDISTURBED.first),
  second: withoutLimits(UNDISTURBED.second),
};

function withoutLimits(events: string): string {
  return events.replace(/^rate-limits ?/, "");
}

/** How the tests reach OpenAI's API. */
export type Channel = ServerApi | "websocket";

/** OpenAI's API with a key. */
export async function openAITarget(channel: Channel): Promise<FaultTarget> {
  const simulator = await startOpenAISimulator({ switches: { reasoning: "reasoning_content" } });
  const own: ServerTransportOptions =
    channel === "websocket"
      ? { transport: "websocket", model: "gpt-5.5" }
      : { api: channel, model: channel === "chat" ? "gpt-4.1" : "gpt-5.5" };
  return {
    points: channel === "chat" ? CHAT_POINTS : channel === "websocket" ? WEB_SOCKET_POINTS : POINTS,
    undisturbed: channel === "websocket" ? WEB_SOCKET_RUN : UNDISTURBED,
    otherWay: UNDISTURBED,
    refreshes: 0,
    faults: simulator.faults,
    get stats() {
      return simulator.stats;
    },
    connect: (options) => transportTo(simulator, { ...own, ...options }),
    requests: () => callsTo(simulator).length,
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
