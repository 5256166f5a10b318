import { describeTransport } from "axio/testing";
import { startChatGPTSimulator } from "axio-simulator";
import { scriptOf, withPrompt } from "test-support/contract-script";
import { describe, expect, it, vi } from "vitest";
import { ChatGPTTransport } from "../src/index.ts";
import { bodies, connection } from "./support.ts";

// Flat tools, `tool_choice` and the like: it is not documented whether the service accepts them.
for (const unknowns of ["strict", "lenient"] as const) {
  describeTransport({
    name: `ChatGPTTransport, where the service is ${unknowns}`,
    describe,
    it,
    create: async (scenario) => {
      const simulator = await startChatGPTSimulator({ unknowns });
      if (scenario.kind === "truncated-once") simulator.faults.add({ name: "eof", at: "text" });
      const transport = new ChatGPTTransport({
        ...connection(simulator),
        retry: { maxRetries: 2, baseDelayMs: 1 },
        fetch: withPrompt(scriptOf(scenario)),
      });
      return {
        transport,
        requestCount: () => simulator.requests.filter(({ path }) => path === "/v1/responses").length,
        requestedModels: () => bodies(simulator).map(({ model }) => String(model)),
        disconnected: async () => {
          await vi.waitUntil(() => simulator.stats.openStreams === 0, { timeout: 10_000, interval: 1 });
        },
        close: async () => {
          await simulator.close();
          expect(simulator.violations).toEqual([]);
        },
      };
    },
  });
}
