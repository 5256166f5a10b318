import { type StreamRequest, userMessage } from "axio";
import type { TransportScenario } from "axio/testing";
import type { FetchLike } from "axio-http";

/** The prompts that make the simulator play a scenario. */
export function scriptOf(scenario: TransportScenario): string {
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

/** Returns a request with a script of the simulator in the place of the fixed prompt of the contract. */
export function scriptedRequest(request: StreamRequest, script: string): StreamRequest {
  const at = request.messages.findLastIndex(
    ({ role, content }) => role === "user" && content.some(({ type }) => type === "text"),
  );
  const messages = request.messages.map((message, index) => (index === at ? userMessage(script) : message));
  return { ...request, messages };
}

/** A message of a request, of the Responses API or of Chat Completions. */
interface SentMessage {
  role?: string;
  content?: unknown;
}

/** A `fetch` that replaces the fixed prompt of the contract with a script of the simulator. */
export function withPrompt(script: string): FetchLike {
  return (input, init = {}) => {
    if (typeof init.body !== "string") return fetch(input, init);
    const body = JSON.parse(init.body) as { input?: SentMessage[]; messages?: SentMessage[] };
    const sent = body.input?.findLast(({ role }) => role === "user");
    if (sent !== undefined) sent.content = [{ type: "input_text", text: script }];
    const message = body.messages?.findLast(({ role }) => role === "user");
    if (message !== undefined) message.content = script;
    return fetch(input, { ...init, body: JSON.stringify(body) });
  };
}
