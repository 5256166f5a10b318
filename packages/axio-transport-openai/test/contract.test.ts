import { describeTransport } from "axio/testing";
import { CHAT_DIALECTS, type ChatDialectName, type KeyedModel, startOpenAISimulator } from "axio-simulator";
import { scriptOf, withPrompt } from "test-support/contract-script";
import { FULL_RUN, needs } from "test-support/requirements";
import { describe, expect, it, test, vi } from "vitest";
import { SERVERS, type ServerApi, type ServerId, ServerTransport } from "../src/index.ts";
import { bodies } from "./support.ts";

/** The server of each dialect of the simulator. */
const SERVER_OF: Readonly<Record<ChatDialectName, ServerId | undefined>> = {
  openai: "openai",
  azure: "azure",
  openrouter: "openrouter",
  nebius: "nebius",
  deepseek: "deepseek",
  groq: "groq",
  xai: "xai",
  mistral: "mistral",
  gemini: "gemini",
  alibaba: "alibaba",
  moonshot: "moonshot",
  perplexity: "perplexity",
  ollama: "ollama",
  vllm: "vllm",
  sglang: "sglang",
  "llama.cpp": "llamacpp",
  lmstudio: "lmstudio",
  huggingface: "huggingface",
  litellm: undefined,
  snowflake: undefined,
};

/** The contract asks for other models than the first one. */
function modelsOf(dialect: ChatDialectName): readonly KeyedModel[] {
  const { models } = CHAT_DIALECTS[dialect];
  return [...models, ...models.map((model) => ({ ...model, slug: `${model.slug}-other` }))];
}

interface Route {
  readonly title: string;
  readonly dialect: ChatDialectName;
  readonly server: ServerId | undefined;
  readonly api: ServerApi;
}

const names = Object.keys(CHAT_DIALECTS) as ChatDialectName[];
const ROUTES: readonly Route[] = [
  { title: "OpenAI, Responses API", dialect: "openai", server: "openai", api: "responses" },
  { title: "Azure, Responses API", dialect: "azure", server: "azure", api: "responses" },
  ...names.map((dialect): Route => {
    const server = SERVER_OF[dialect];
    const title = server === undefined ? dialect : SERVERS[server].name;
    return { title: `${title}, Chat Completions`, dialect, server, api: "chat" };
  }),
  { title: "an unknown server", dialect: "vllm", server: undefined, api: "chat" },
];

test("the simulator has the dialect of every server that has one", () => {
  expect(Object.keys(SERVER_OF).sort()).toEqual([...names].sort());
});

/** The routes of a run without long forms: one of each family of dialects. */
const SHORT = [
  "OpenAI, Responses API",
  "OpenAI, Chat Completions",
  "OpenRouter, Chat Completions",
  "an unknown server",
];

for (const { title, dialect, server, api } of ROUTES) {
  describeTransport({
    name: title,
    describe: (name, tests) => describe(name, SHORT.includes(title) ? {} : needs(FULL_RUN), tests),
    it,
    create: async (scenario) => {
      const simulator = await startOpenAISimulator({ dialect, models: modelsOf(dialect) });
      const target = api === "chat" ? "chat" : "responses";
      // A server that shows no reasoning cannot stream it.
      if (CHAT_DIALECTS[dialect].switches.reasoning === "none") simulator.set({ reasoning: "reasoning" });
      if (scenario.kind === "truncated-once") simulator.faults.add({ name: "eof", at: "text" }, { target });
      const transport = new ServerTransport({
        server,
        api,
        baseUrl: simulator.baseUrl,
        apiKey: simulator.apiKey,
        model:
          api === "responses"
            ? "gpt-5.5"
            : dialect === "openai" || dialect === "azure"
              ? "gpt-4.1"
              : undefined,
        retry: { maxRetries: 2, baseDelayMs: 1 },
        fetch: withPrompt(scriptOf(scenario)),
      });
      return {
        transport,
        requestCount: () => bodies(simulator).length,
        requestedModels: () => bodies(simulator).map(({ model }) => String(model)),
        disconnected: async () => {
          await vi.waitUntil(() => simulator.stats.openStreams === 0, { timeout: 10_000, interval: 1 });
        },
        close: () => simulator.close(),
      };
    },
  });
}
