import { Agent, defineTool } from "axio";
import { AnthropicTransport } from "axio-transport-anthropic";
import { CodexTransport } from "axio-transport-codex";
import { OpenAITransport } from "axio-transport-openai";
import { type Answers, PROMPT, type Targets } from "./targets.ts";

const add = defineTool({
  name: "add",
  description: "Adds two numbers.",
  inputSchema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
  execute: ({ a, b }) => String(Number(a) + Number(b)),
});

/** Runs an agent with each transport of a server. */
export async function runServer({ openai, anthropic, codex }: Targets): Promise<Answers> {
  using webSocket = new CodexTransport({ ...codex, transport: "websocket" });
  const transports = {
    openai: new OpenAITransport({ ...openai, model: "gpt-4.1" }),
    anthropic: new AnthropicTransport(anthropic),
    codex: new CodexTransport(codex),
    webSocket,
  };
  const answers: Record<string, string> = {};
  for (const [name, transport] of Object.entries(transports)) {
    const run = new Agent({ transport, tools: [add] }).run(PROMPT);
    answers[name] = await run.then(
      ({ text }) => text,
      (error: unknown) => String(error),
    );
  }
  return answers;
}
