import { Agent, defineTool } from "axio";
import { CodexTransport } from "axio-transport-codex";
import { z } from "zod";

const add = defineTool({
  name: "add",
  description: "Adds two numbers.",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => String(a + b),
});
const agent = new Agent({ transport: new CodexTransport(), tools: [add] });
const { text } = await agent.run('What is 2 + 3?\ncall add {"a":2,"b":3}\nthen\nsay It is {{result 1}}.');
console.log(text);
