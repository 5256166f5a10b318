import { Agent, defineTool } from "axio";
import { AnthropicTransport } from "axio-transport-anthropic/edge";
import { CodexTransport } from "axio-transport-codex/edge";
import { OpenAITransport } from "axio-transport-openai/edge";
import { type Answers, PROMPT, type Targets } from "./targets.ts";

const add = defineTool({
  name: "add",
  description: "Adds two numbers.",
  inputSchema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
  execute: ({ a, b }) => String(Number(a) + Number(b)),
});

/** Runs an agent with each transport for browsers and edge runtimes. */
export async function runEdge({ openai, anthropic, codex }: Targets): Promise<Answers> {
  const transports = {
    openai: new OpenAITransport({ baseUrl: openai.baseUrl, apiKey: () => openai.apiKey, model: "gpt-4.1" }),
    anthropic: new AnthropicTransport({ baseUrl: anthropic.baseUrl, apiKey: () => anthropic.apiKey }),
    codex: new CodexTransport({ baseUrl: codex.baseUrl, credentials: () => codex }),
  };
  const answers: Record<string, string> = {};
  for (const [name, transport] of Object.entries(transports)) {
    answers[name] = (await new Agent({ transport, tools: [add] }).run(PROMPT)).text;
  }
  return answers;
}
