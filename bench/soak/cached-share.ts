// A run of 50 tool calls over the Messages API: the share of the input that the simulator reads from its prompt cache, of what
// the requests before had sent. Run: npm run bench:cache

import { Agent, defineTool } from "../../packages/axio/src/index.ts";
import { startAnthropicSimulator } from "../../packages/axio-simulator/src/index.ts";
import { AnthropicTransport } from "../../packages/axio-transport-anthropic/src/index.ts";

const CALLS = 50;
/** Of what was sent before. */
const LIMIT = 0.95;

const simulator = await startAnthropicSimulator();
const transport = new AnthropicTransport({
  apiKey: simulator.apiKey,
  baseUrl: simulator.baseUrl,
  isAnthropic: true,
  model: "claude-sonnet-5-5",
});
const readFile = defineTool({
  name: "read_file",
  description: "Reads a file.",
  inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  execute: async ({ path }) => `${String(path)}: ${"a line of the file\n".repeat(100)}`,
});
const agent = new Agent({
  transport,
  system: "You are a coding agent. ".repeat(200),
  tools: [readFile],
  maxSteps: CALLS + 2,
});
const steps = Array.from({ length: CALLS }, (_, index) => `call read_file {"path":"file-${index}.ts"}\nthen`);
let [before, sentBefore, read, sent] = [0, 0, 0, 0];
for await (const event of agent.runStream(`${steps.join("\n")}\nsay Done.`)) {
  if (event.type !== "step-end") continue;
  const { inputTokens, cachedInputTokens } = event.usage;
  sentBefore += before;
  read += cachedInputTokens;
  sent += inputTokens;
  before = inputTokens;
}
await simulator.close();
const share = read / sentBefore;
console.log(
  `${simulator.requests.length} requests, ${sent} input tokens, of which ${sentBefore} were sent before; ${read} read from the cache: ` +
    `${(100 * share).toFixed(1)} % of what was sent before, ${((100 * read) / sent).toFixed(1)} % of all.`,
);
if (!(share >= LIMIT)) {
  console.error(`The limit is ${100 * LIMIT} %.`);
  process.exitCode = 1;
}
