import { isJsonObject, type StreamRequest, type TransportEvent } from "axio";
import { describeTransport } from "axio/testing";
import { startSimulator } from "axio-simulator";
import { scriptedRequest, scriptOf, withPrompt } from "test-support/contract-script";
import { describe, it } from "vitest";
import { CodexTransport, type CodexTransportOptions } from "../src/index.ts";
import { allClosed, connection, requestsTo } from "./support.ts";

/** A WebSocket uses no `fetch`, so the prompt is replaced before. */
class ScriptedWebSocketTransport extends CodexTransport {
  readonly #script: string;

  constructor(script: string, options: CodexTransportOptions) {
    super({ ...options, transport: "websocket" });
    this.#script = script;
  }

  override stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    return super.stream(scriptedRequest(request, this.#script));
  }
}

function contract(name: string, create: (script: string, options: CodexTransportOptions) => CodexTransport) {
  describeTransport({
    name,
    describe,
    it,
    create: async (scenario) => {
      const simulator = await startSimulator();
      if (scenario.kind === "truncated-once") simulator.faults.add({ name: "eof", at: "text" });
      const transport = create(scriptOf(scenario), {
        ...connection(simulator),
        retry: { maxRetries: 2, baseDelayMs: 1 },
      });
      return {
        transport,
        requestCount: () =>
          requestsTo(simulator, "/responses").filter(({ method }) => method !== "GET").length,
        requestedModels: () =>
          requestsTo(simulator, "/responses").flatMap(({ json }) =>
            isJsonObject(json) && typeof json["model"] === "string" ? [json["model"]] : [],
          ),
        disconnected: () => allClosed(simulator),
        close: () => simulator.close(),
      };
    },
  });
}

contract(
  "CodexTransport",
  (script, options) => new CodexTransport({ ...options, fetch: withPrompt(script) }),
);
contract(
  "CodexTransport over a WebSocket",
  (script, options) => new ScriptedWebSocketTransport(script, options),
);
