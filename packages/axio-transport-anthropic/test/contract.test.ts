import type { StreamRequest, TransportEvent } from "axio";
import { describeTransport } from "axio/testing";
import { startAnthropicSimulator } from "axio-simulator";
import { scriptedRequest, scriptOf } from "test-support/contract-script";
import { describe, it } from "vitest";
import { AnthropicTransport, type AnthropicTransportOptions } from "../src/index.ts";
import { allClosed, bodiesOf, connection } from "./support/simulator.ts";

/** Replaces the fixed prompt of the contract with a script of the simulator. */
class ScriptedTransport extends AnthropicTransport {
  readonly #script: string;

  constructor(script: string, options: AnthropicTransportOptions) {
    super(options);
    this.#script = script;
  }

  override stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    return super.stream(scriptedRequest(request, this.#script));
  }
}

for (const model of ["claude-sonnet-5-5", "claude-haiku-4-5"]) {
  describeTransport({
    name: `AnthropicTransport with ${model}`,
    describe,
    it,
    create: async (scenario) => {
      const simulator = await startAnthropicSimulator();
      if (scenario.kind === "truncated-once") simulator.faults.add({ name: "eof", at: "text" });
      const script = scenario.kind === "refused" ? "fail permission_error" : scriptOf(scenario);
      const transport = new ScriptedTransport(script, {
        ...connection(simulator),
        model,
        // Older models reason only if they are asked to.
        reasoning: { effort: "low" },
        retry: { maxRetries: 2, baseDelayMs: 1 },
      });
      return {
        transport,
        requestCount: () => bodiesOf(simulator).length,
        requestedModels: () => bodiesOf(simulator).map(({ model: asked }) => String(asked)),
        disconnected: () => allClosed(simulator),
        close: () => simulator.close(),
      };
    },
  });
}
