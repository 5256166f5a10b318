import { describeTransport, type TransportScenario } from "axio/testing";
import type { FetchLike } from "axio-http";
import { startSimulator } from "codex-simulator";
import { describe, it } from "vitest";
import { CodexTransport } from "../src/index.ts";
import { allClosed, connection, requestsTo } from "./support.ts";

/** What the simulator is to be asked, so that it does what a scenario says. */
function scriptOf(scenario: TransportScenario): string {
  switch (scenario.kind) {
    case "text":
    case "truncated-once":
      return [
        ...("reasoning" in scenario ? [`think ${scenario.reasoning}`] : []),
        `say ${scenario.text}`,
      ].join("\n");
    case "tools":
      return [
        ...scenario.calls.map(({ name, input }) => `call ${name} ${JSON.stringify(input)}`),
        "then",
        `say ${scenario.text}`,
      ].join("\n");
    case "endless":
      return "say A text that\nfail stall at=text";
    case "truncated":
      return "say A text that\nfail eof at=text";
    case "refused":
      return "fail cyber_policy";
  }
}

/** The contract's prompts are fixed; the simulator answers by its own. */
function withPrompt(script: string): FetchLike {
  return (input, init = {}) => {
    if (typeof init.body !== "string") return fetch(input, init);
    const body = JSON.parse(init.body) as { input: { role?: string; content?: unknown }[] };
    const prompt = body.input.findLast(({ role }) => role === "user");
    if (prompt !== undefined) prompt.content = [{ type: "input_text", text: script }];
    return fetch(input, { ...init, body: JSON.stringify(body) });
  };
}

describeTransport({
  name: "CodexTransport",
  describe,
  it,
  create: async (scenario) => {
    const simulator = await startSimulator();
    if (scenario.kind === "truncated-once") simulator.faults.add({ name: "eof", at: "text" });
    const transport = new CodexTransport({
      ...connection(simulator),
      fetch: withPrompt(scriptOf(scenario)),
      maxRetries: 2,
    });
    return {
      transport,
      requestCount: () => requestsTo(simulator, "/responses").length,
      disconnected: () => allClosed(simulator),
      close: () => simulator.close(),
    };
  },
});
