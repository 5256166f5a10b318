import { startOpenAISimulator } from "axio-simulator";
import { POINTS, type Points, UNDISTURBED } from "test-support/fault-matrix/cells";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import type { ServerApi } from "../../src/index.ts";
import { bodies, transportTo } from "../support.ts";

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

/** OpenAI's API with a key. */
export async function openAITarget(api: ServerApi): Promise<FaultTarget> {
  const simulator = await startOpenAISimulator({ switches: { reasoning: "reasoning_content" } });
  return {
    points: api === "chat" ? CHAT_POINTS : POINTS,
    undisturbed: UNDISTURBED,
    refreshes: 0,
    faults: simulator.faults,
    get stats() {
      return simulator.stats;
    },
    connect: (options) =>
      transportTo(simulator, { api, model: api === "chat" ? "gpt-4.1" : "gpt-5.5", ...options }),
    requests: () => bodies(simulator).length,
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
