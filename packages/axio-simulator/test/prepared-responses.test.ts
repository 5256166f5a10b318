import Anthropic from "@anthropic-ai/sdk";
import {
  startAnthropicSimulator,
  startChatGPTSimulator,
  startOpenAISimulator,
  startSimulator,
} from "axio-simulator";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { post, responsesBody, user } from "./client.ts";

const WEATHER = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

it("answers Chat Completions as prepared: a tool call, then a text with the stated usage", async () => {
  await using simulator = await startOpenAISimulator({
    responses: [
      { toolCalls: [{ name: "weather", input: { city: "Oslo" } }] },
      { text: "It is {{result 1}}.", usage: { inputTokens: 20, cachedTokens: 8, outputTokens: 5 } },
    ],
  });
  const client = new OpenAI({ apiKey: simulator.apiKey, baseURL: simulator.baseUrl, maxRetries: 0 });
  const tools = [{ type: "function" as const, function: { name: "weather", parameters: WEATHER } }];
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "How is Oslo?" }];
  const first = await client.chat.completions.create({ model: "gpt-4.1", messages, tools });
  const [call] = first.choices[0]?.message.tool_calls ?? [];
  expect(call).toMatchObject({ function: { name: "weather", arguments: '{"city":"Oslo"}' } });
  messages.push(
    { role: "assistant", tool_calls: call === undefined ? [] : [call] },
    { role: "tool", tool_call_id: call?.id ?? "", content: "sunny" },
  );
  const second = await client.chat.completions.create({ model: "gpt-4.1", messages, tools });
  expect(second.choices[0]?.message.content).toBe("It is sunny.");
  expect(second.usage).toMatchObject({
    prompt_tokens: 20,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 8 },
  });
  expect(simulator.responses.size).toBe(0);
});

it("answers the Responses API as prepared, with a fault and its retry", async () => {
  await using simulator = await startOpenAISimulator();
  simulator.responses.add(
    { fault: "overloaded" },
    { text: "Hello.", usage: { inputTokens: 7, outputTokens: 2 } },
  );
  const client = new OpenAI({ apiKey: simulator.apiKey, baseURL: simulator.baseUrl, maxRetries: 1 });
  const response = await client.responses.create({ model: "gpt-4.1", input: "Hi" });
  expect([response.output_text, response.usage?.input_tokens, response.usage?.output_tokens]).toEqual([
    "Hello.",
    7,
    2,
  ]);
  expect(simulator.requests.map(({ status }) => status)).toEqual([503, 200]);
});

it("answers the Messages API as prepared", async () => {
  await using simulator = await startAnthropicSimulator({
    responses: [{ text: "Hello.", usage: { inputTokens: 7, cachedTokens: 3, outputTokens: 2 } }],
  });
  const client = new Anthropic({ apiKey: simulator.apiKey, baseURL: simulator.baseUrl, maxRetries: 0 });
  const request = {
    model: "claude-sonnet-5-5",
    max_tokens: 100,
    messages: [{ role: "user" as const, content: "Hi" }],
  };
  const { content, usage } = await client.messages.create(request);
  expect(content).toMatchObject([{ type: "text", text: "Hello." }]);
  expect(usage).toMatchObject({ input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 2 });
});

it("answers the routes of a ChatGPT plan as prepared", async () => {
  await using codex = await startSimulator({ responses: ["Hello."] });
  expect(await (await post(codex, responsesBody([user("Hi")]))).text()).toContain('"text":"Hello."');
  await using chatGPT = await startChatGPTSimulator({ responses: ["Hello."] });
  const { accessToken } = chatGPT.issueTokens();
  const { prompt_cache_key: _key, ...body } = responsesBody([user("Hi")]);
  const response = await fetch(`${chatGPT.apiBaseUrl}/responses`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(await response.text()).toContain('"text":"Hello."');
});

it("gives a function the request, and keeps the order of parallel requests", async () => {
  await using simulator = await startOpenAISimulator();
  simulator.responses.add(
    ...Array.from({ length: 3 }, () => (request: { readonly json: unknown }) => {
      const { messages } = request.json as { readonly messages: readonly { readonly content: string }[] };
      return `You said ${messages.at(-1)?.content}.`;
    }),
  );
  const client = new OpenAI({ apiKey: simulator.apiKey, baseURL: simulator.baseUrl, maxRetries: 0 });
  const answers = await Promise.all(
    ["a", "b", "c"].map(async (content) => {
      const messages = [{ role: "user" as const, content }];
      const { choices } = await client.chat.completions.create({ model: "gpt-4.1", messages });
      return choices[0]?.message.content;
    }),
  );
  expect(answers).toEqual(["You said a.", "You said b.", "You said c."]);
});

it("refuses a request too many, unless its prompt is a script", async () => {
  await using simulator = await startOpenAISimulator({ responses: ["Hello."] });
  const client = new OpenAI({ apiKey: simulator.apiKey, baseURL: simulator.baseUrl, maxRetries: 0 });
  const ask = async (content: string): Promise<string | null | undefined> => {
    const messages = [{ role: "user" as const, content }];
    return (await client.chat.completions.create({ model: "gpt-4.1", messages })).choices[0]?.message.content;
  };
  expect(await ask("Hi")).toBe("Hello.");
  await expect(ask("Hi")).rejects.toThrow(/the 1 prepared response is used up.*responses\.add/);
  expect(await ask("say Scripted.")).toBe("Scripted.");
  simulator.reset();
  expect(simulator.requests).toEqual([]);
  expect(await ask("Hi")).toContain("simulator");
});

it("begins again if it is told to", async () => {
  await using simulator = await startOpenAISimulator({ responses: ["One.", "Two."], repeatResponses: true });
  const client = new OpenAI({ apiKey: simulator.apiKey, baseURL: simulator.baseUrl, maxRetries: 0 });
  const answers: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    answers.push((await client.responses.create({ model: "gpt-4.1", input: "Hi" })).output_text);
  }
  expect(answers).toEqual(["One.", "Two.", "One."]);
});

it.each([
  [{ txt: "Hello" }, /no property "txt".*reasoning, text/],
  [{ usage: { input: 3 } }, /usage has no property "input"/],
  [{ usage: { inputTokens: -1 } }, /inputTokens.*-1/],
  [{ toolCalls: [{ input: {} }] }, /toolCalls.*\{ name, input \}/],
  [7, /is 7\. Give a text/],
])("refuses %j when it is added", async (response, message) => {
  await using simulator = await startOpenAISimulator();
  expect(() => simulator.responses.add(response as unknown as string)).toThrow(message);
});

it("reports the usage that a directive states", async () => {
  await using simulator = await startOpenAISimulator();
  const client = new OpenAI({ apiKey: simulator.apiKey, baseURL: simulator.baseUrl, maxRetries: 0 });
  const input = "say Hello\nusage input=9 output=4";
  const { usage } = await client.responses.create({ model: "gpt-4.1", input });
  expect([usage?.input_tokens, usage?.output_tokens, usage?.total_tokens]).toEqual([9, 4, 13]);
});

it("lets pages of other origins send requests if it is told to", async () => {
  await using open = await startOpenAISimulator({ cors: true });
  await using closed = await startOpenAISimulator();
  const preflight = {
    method: "OPTIONS",
    headers: {
      origin: "http://example.test",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
  };
  const allowed = await fetch(`${open.baseUrl}/responses`, preflight);
  expect([allowed.status, allowed.headers.get("access-control-allow-headers")]).toEqual([
    204,
    "authorization,content-type",
  ]);
  expect(open.requests).toEqual([]);
  const refused = await fetch(`${closed.baseUrl}/responses`, preflight);
  expect(refused.headers.get("access-control-allow-origin")).toBeNull();
});
