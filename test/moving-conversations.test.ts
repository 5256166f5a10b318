import { Agent, type CompletionTransport, defineTool, MemoryContextStore } from "axio";
import {
  startAnthropicSimulator,
  startChatGPTSimulator,
  startOpenAISimulator,
  startSimulator,
} from "axio-simulator";
import { AnthropicTransport } from "axio-transport-anthropic";
import { ChatGPTTransport } from "axio-transport-chatgpt";
import { CodexTransport } from "axio-transport-codex";
import { type ServerApi, type ServerId, ServerTransport } from "axio-transport-openai";
import { issued } from "test-support/issued-credentials";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The routes between which a conversation moves. */
const ROUTES = [
  "codex",
  "chatgpt",
  "anthropic",
  "openai",
  "openai chat",
  "openrouter",
  "deepseek",
  "mistral",
  "gemini",
  "ollama",
] as const;
type Route = (typeof ROUTES)[number];

const transports = new Map<Route, CompletionTransport>();
const closing: (() => Promise<void>)[] = [];

async function connect(route: Route, dialect: ServerId, api: ServerApi, model?: string): Promise<void> {
  const simulator = await startOpenAISimulator({ dialect: dialect as "openai" });
  closing.push(() => simulator.close());
  const { baseUrl, apiKey } = simulator;
  const retry = { maxRetries: 0 };
  transports.set(route, new ServerTransport({ server: dialect, baseUrl, apiKey, api, model, retry }));
}

beforeAll(async () => {
  const codex = await startSimulator();
  const { baseUrl, issuer } = codex;
  transports.set(
    "codex",
    new CodexTransport({ ...codex.issueCredentials(), baseUrl, issuer, retry: { maxRetries: 0 } }),
  );
  const chatgpt = await startChatGPTSimulator({ autoApprove: true });
  transports.set(
    "chatgpt",
    new ChatGPTTransport({
      credentials: issued(chatgpt),
      baseUrl: chatgpt.apiBaseUrl,
      issuer: chatgpt.issuer,
      retry: { maxRetries: 0 },
    }),
  );
  const anthropic = await startAnthropicSimulator();
  transports.set(
    "anthropic",
    new AnthropicTransport({
      apiKey: anthropic.apiKey,
      baseUrl: anthropic.baseUrl,
      isAnthropic: true,
      env: {},
      retry: { maxRetries: 0 },
    }),
  );
  closing.push(
    () => anthropic.close(),
    () => codex.close(),
    () => chatgpt.close(),
  );
  await connect("openai", "openai", "responses");
  await connect("openai chat", "openai", "chat", "gpt-4.1");
  await connect("openrouter", "openrouter", "chat", "anthropic/claude-sonnet-5.5");
  await connect("deepseek", "deepseek", "chat");
  await connect("mistral", "mistral", "chat");
  await connect("gemini", "gemini", "chat");
  await connect("ollama", "ollama", "chat");
});

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
});

const lookup = defineTool({
  name: "lookup",
  description: "Looks something up",
  inputSchema: {
    type: "object",
    properties: { q: { type: "string" } },
    required: ["q"],
    additionalProperties: false,
  },
  execute: async ({ q }) => `all about ${String(q)}`,
});

/** Each pair of routes occurs in both orders, one directly after the other. */
const ORDERS: readonly (readonly Route[])[] = ROUTES.map((first, position) =>
  ROUTES.flatMap((_, offset) =>
    offset === 0 ? [] : [first, ROUTES[(position + offset) % ROUTES.length] ?? first],
  ),
);

const MOVES = ORDERS.map((order) => ({ first: order[0], order }));
const TITLE = "a conversation that moves between $first and every other route stays valid";
test.each(MOVES.slice(0, 2))(TITLE, move);
test.each(MOVES.slice(2))(TITLE, needs(FULL_RUN), move);

async function move({ order }: (typeof MOVES)[number]): Promise<void> {
  const context = new MemoryContextStore();
  for (const [turn, route] of order.entries()) {
    const transport = transports.get(route);
    if (transport === undefined) throw new Error(`There is no route ${route}.`);
    const agent = new Agent({ transport, tools: [lookup], system: "Be brief." });
    const prompt = `think About it\nsay I look.\ncall lookup {"q":"${turn} a"}\ncall lookup {"q":"${turn} b"}\nthen\nsay Found {{result 1}} by ${route}.`;
    const { text } = await agent.run(prompt, { context });
    expect(text).toContain(`Found all about ${turn} a by ${route}.`);
  }
}
