import { type StreamRequest, type TransportEvent, userMessage } from "axio";
import { describeTransport, type TransportScenario } from "axio/testing";
import type { FetchLike } from "axio-http";
import { startSimulator } from "codex-simulator";
import { describe, it } from "vitest";
import { CodexTransport, type CodexTransportOptions } from "../src/index.ts";
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

/** A WebSocket goes through no `fetch`: the prompt is replaced before it. */
class ScriptedWebSocketTransport extends CodexTransport {
  readonly #script: string;

  constructor(script: string, options: CodexTransportOptions) {
    super({ ...options, transport: "websocket" });
    this.#script = script;
  }

  override stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    const at = request.messages.findLastIndex(
      ({ role, content }) => role === "user" && content.some(({ type }) => type === "text"),
    );
    const messages = request.messages.map((message, index) =>
      index === at ? userMessage(this.#script) : message,
    );
    return super.stream({ ...request, messages });
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
      const transport = create(scriptOf(scenario), { ...connection(simulator), maxRetries: 2 });
      return {
        transport,
        requestCount: () =>
          requestsTo(simulator, "/responses").filter(({ method }) => method !== "GET").length,
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
