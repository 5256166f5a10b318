import { Agent, assistantMessage, defineTool, MemoryContextStore, userMessage } from "axio";
import { CodexTransport } from "axio-transport-codex";
import { type Client, historyText, QUESTION, type Target, timeToText } from "../client.ts";
import { INSTRUCTIONS, PROMPT, runTool, TOOLS, TURNS } from "../conversation.ts";

/** axio, through the agent. The same conversation id for all conversations keeps the connection open. */
export function axio(target: Target, transport: "sse" | "websocket", model: string): Client {
  const codex = new CodexTransport({ ...target, model, transport, conversationId: "bench", onWarning: fail });
  return {
    converse: async () => {
      const tools = TOOLS.map(({ name, description, parameters: inputSchema }) =>
        defineTool({ name, description, inputSchema, execute: (input) => runTool(JSON.stringify(input)) }),
      );
      const agent = new Agent({ system: INSTRUCTIONS, tools, transport: codex, maxSteps: 2 * TURNS });
      return (await agent.run(PROMPT)).text;
    },
    chat: (historyCharacters) => {
      const agent = new Agent({ system: INSTRUCTIONS, transport: codex });
      const history =
        historyCharacters === 0
          ? []
          : [userMessage(historyText(historyCharacters)), assistantMessage("Noted.")];
      return () => {
        const context = new MemoryContextStore(history);
        const startedAt = performance.now();
        return timeToText(textOf(agent.runStream(QUESTION, { context })), startedAt);
      };
    },
  };
}

async function* textOf(events: ReturnType<Agent["runStream"]>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === "text-delta") yield event.delta;
  }
}

/** Fails on a fallback, so that only the selected connection is measured. */
function fail(warning: Error): never {
  throw warning;
}
