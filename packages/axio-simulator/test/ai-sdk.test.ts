import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { jsonSchema, type LanguageModel, stepCountIs, streamText, tool } from "ai";
import { expect, onTestFinished, test } from "vitest";
import { startAnthropicSimulator, startOpenAISimulator } from "../src/index.ts";

const PROMPT = `think I should read both.
call read_file {"path":"a.txt"}
call read_file {"path":"b.txt"}
then
say They say {{result 1}} and {{result 2}}.`;

/** Runs the prompt with a tool, as an agent does. */
async function run(model: LanguageModel): Promise<{ text: string; steps: number; reasoning: string }> {
  const readFile = tool({
    description: "Reads a file.",
    inputSchema: jsonSchema<{ path: string }>({
      type: "object",
      properties: { path: { type: "string" } },
      required: ["path"],
    }),
    execute: async ({ path }) => `text of ${path}`,
  });
  const result = streamText({
    model,
    prompt: PROMPT,
    tools: { read_file: readFile },
    stopWhen: stepCountIs(3),
    maxRetries: 0,
    onError: ({ error }) => {
      throw error;
    },
  });
  await result.consumeStream();
  const steps = await result.steps;
  return {
    text: await result.text,
    steps: steps.length,
    reasoning: steps.map(({ reasoningText }) => reasoningText ?? "").join(""),
  };
}

test.each(["openai", "deepseek", "vllm", "groq", "moonshot"] as const)(
  "the AI SDK runs a tool against Chat Completions of %s",
  async (dialect) => {
    const simulator = await startOpenAISimulator({ dialect });
    onTestFinished(() => simulator.close());
    const { baseUrl: baseURL, apiKey } = simulator;
    const provider = createOpenAICompatible({ name: "sim", baseURL, apiKey, includeUsage: true });
    const models = {
      openai: "gpt-4.1",
      deepseek: "deepseek-chat",
      vllm: "Qwen/Qwen3-8B",
      groq: "openai/gpt-oss-120b",
      moonshot: "kimi-k2-thinking",
    };
    const outcome = await run(provider(models[dialect]));
    expect(outcome.text).toBe("They say text of a.txt and text of b.txt.");
    expect(outcome.steps).toBe(2);
  },
);

test("the AI SDK runs a tool against the Messages API, and sends thinking back", async () => {
  const simulator = await startAnthropicSimulator();
  onTestFinished(() => simulator.close());
  const provider = createAnthropic({ baseURL: `${simulator.baseUrl}/v1`, apiKey: simulator.apiKey });
  const outcome = await run(provider("claude-opus-5"));
  expect(outcome.text).toBe("They say text of a.txt and text of b.txt.");
  const second = simulator.requests.at(-1)?.json as { messages: { content: { type: string }[] }[] };
  expect(second.messages[1]?.content.map(({ type }) => type)).toContain("thinking");
});
