import Anthropic from "@anthropic-ai/sdk";
import { ScriptedTransport, stepEnd } from "axio/testing";
import OpenAI from "openai";
import { openaiTransport } from "test-support/openai-transport";
import { expect, test } from "vitest";
import { gateway } from "./support.ts";

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
} as const;

const CALL = 'think Which city?\ncall get_weather {"city":"Oslo"}\nthen\nsay It is {{result 1}}.';

test("openai: responses with a tool, streamed, continued by id", async () => {
  const { running, secret } = await gateway();
  const client = new OpenAI({ baseURL: running.baseURL, apiKey: secret });
  const tools: OpenAI.Responses.Tool[] = [
    { type: "function", name: "get_weather", parameters: SCHEMA, strict: true },
  ];
  const first = await client.responses.stream({ model: "gpt-5.5", input: CALL, tools }).finalResponse();
  const call = first.output.find((item) => item.type === "function_call");
  const second = await client.responses.create({
    model: "gpt-5.5",
    previous_response_id: first.id,
    input: [{ type: "function_call_output", call_id: call?.call_id ?? "", output: "sunny" }],
    tools,
  });
  expect(second.output_text).toBe("It is sunny.");
});

test("openai: chat completions with a tool keep the reasoning between the calls", async () => {
  const { running, secret, simulator } = await gateway();
  const client = new OpenAI({ baseURL: running.baseURL, apiKey: secret });
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: "function", function: { name: "get_weather", parameters: SCHEMA } },
  ];
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: CALL }];
  const first = await client.chat.completions.create({ model: "gpt-5.5", messages, tools });
  const message = first.choices[0]?.message;
  const call = message?.tool_calls?.[0];
  if (message !== undefined) messages.push(message);
  messages.push({ role: "tool", tool_call_id: call?.id ?? "", content: "sunny" });
  const second = await client.chat.completions.create({ model: "gpt-5.5", messages, tools });
  expect(second.choices[0]?.message.content).toBe("It is sunny.");
  expect(JSON.stringify(simulator.requests.at(-1)?.json)).toContain("encrypted_content");
});

test("@anthropic-ai/sdk: settings reach a model that takes them", async () => {
  const { transport, bodies } = await openaiTransport("chat");
  const { url, secret } = await gateway({ transport });
  const client = new Anthropic({ baseURL: url, apiKey: secret });
  const { data, response } = await client.messages
    .create({
      model: "gpt-4.1",
      max_tokens: 700,
      messages: [{ role: "user", content: "say Hi." }],
      // The types of the newest version have no sampling settings, which the API still takes.
      ...({ temperature: 0.2, top_k: 9 } as object),
      stop_sequences: ["END"],
    })
    .withResponse();
  expect(data.content).toMatchObject([{ type: "text", text: "Hi." }]);
  expect(response.headers.get("axio-warnings")).toBe("top_k");
  expect(bodies()).toMatchObject([{ max_completion_tokens: 700, temperature: 0.2, stop: ["END"] }]);
});

test("@anthropic-ai/sdk: messages with thinking and a tool, streamed and folded", async () => {
  const { url, secret, simulator } = await gateway();
  const client = new Anthropic({ baseURL: url, apiKey: secret });
  const tools: Anthropic.Tool[] = [{ name: "get_weather", input_schema: { ...SCHEMA, required: ["city"] } }];
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: CALL }];
  const settings = { model: "claude-axio-gpt-5.5", max_tokens: 1000, tools };
  const first = await client.messages.stream({ ...settings, messages }).finalMessage();
  expect(first.stop_reason).toBe("tool_use");
  const call = first.content.find((block) => block.type === "tool_use");
  expect(call?.input).toEqual({ city: "Oslo" });
  expect(first.content[0]).toMatchObject({ type: "thinking", thinking: "Which city?" });
  messages.push(
    { role: "assistant", content: first.content },
    { role: "user", content: [{ type: "tool_result", tool_use_id: call?.id ?? "", content: "sunny" }] },
  );
  const second = await client.messages.create({ ...settings, messages });
  expect(second.content).toMatchObject([{ type: "text", text: "It is sunny." }]);
  expect(second.usage.input_tokens).toBeGreaterThan(0);
  expect(JSON.stringify(simulator.requests.at(-1)?.json)).toContain("encrypted_content");
});

test("@anthropic-ai/sdk: counts tokens, lists models, and gets typed errors", async () => {
  const { url, secret, simulator } = await gateway();
  const client = new Anthropic({ baseURL: url, apiKey: secret, maxRetries: 0 });
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Hello" }];
  const { input_tokens } = await client.messages.countTokens({ model: "claude-axio-gpt-5.5", messages });
  expect(input_tokens).toBeGreaterThan(0);
  const models = await client.models.list();
  expect(models.data.map(({ id }) => id)).toContain("claude-axio-gpt-5.5");
  simulator.faults.add("usage_limit_reached", { times: 1 });
  await expect(
    client.messages.create({ model: "claude-axio-gpt-5.5", max_tokens: 9, messages }),
  ).rejects.toMatchObject({ status: 429, error: { error: { type: "rate_limit_error" } } });
  await expect(client.messages.create({ model: "gpt-1", max_tokens: 9, messages })).rejects.toMatchObject({
    status: 404,
  });
  await expect(
    new Anthropic({ baseURL: url, apiKey: "axk_wrong", maxRetries: 0 }).models.list(),
  ).rejects.toMatchObject({ status: 401 });
});

test("a name of another model of Claude stands for the default model", async () => {
  const { url, secret } = await gateway();
  const client = new Anthropic({ baseURL: url, authToken: secret, apiKey: null });
  const message = await client.messages.create({
    model: "claude-haiku-4-5",
    max_tokens: 100,
    messages: [{ role: "user", content: "say Fine." }],
  });
  expect(message.content).toMatchObject([{ text: "Fine." }]);
});

test.each(["fail eof at=end", "fail failed code=server_error at=end"])(
  "a response that fails in the middle is an error in every API: %s",
  async (fault) => {
    const { running, url, secret, facts } = await gateway();
    const openai = new OpenAI({ baseURL: running.baseURL, apiKey: secret, maxRetries: 0 });
    const anthropic = new Anthropic({ baseURL: url, apiKey: secret, maxRetries: 0 });
    const content = `say Hello.\n${fault}`;
    const messages = [{ role: "user", content }] as const;
    const model = "gpt-5.5";
    await expect(openai.responses.stream({ model, input: content }).finalResponse()).rejects.toThrow();
    await expect(openai.responses.create({ model, input: content })).rejects.toMatchObject({ status: 502 });
    await expect(
      openai.chat.completions.stream({ model, messages: [...messages] }).finalChatCompletion(),
    ).rejects.toThrow();
    await expect(openai.chat.completions.create({ model, messages: [...messages] })).rejects.toMatchObject({
      status: 502,
    });
    await expect(
      anthropic.messages.stream({ model, max_tokens: 99, messages: [...messages] }).finalMessage(),
    ).rejects.toThrow();
    await expect(
      anthropic.messages.create({ model, max_tokens: 99, messages: [...messages] }),
    ).rejects.toMatchObject({ status: 502 });
    expect(facts.every(({ code }) => code !== "")).toBe(true);
  },
);

test("the request of a client that leaves is ended", async () => {
  const { send, simulator, running } = await gateway();
  const abort = new AbortController();
  const body = { model: "gpt-5.5", input: "say Hello.\nwait 20s\nsay Never.", stream: true };
  const response = await send("/v1/responses", body, {}, abort.signal);
  await response.body?.getReader().read();
  abort.abort();
  await expect.poll(() => simulator.stats.openStreams).toBe(0);
  await expect.poll(() => running.gateway.inFlight).toBe(0);
});

test.each([
  ["/v1/messages", { max_tokens: 9, messages: [{ role: "user", content: "Hi" }] }, '{"type":"ping"}'],
  ["/v1/responses", { input: "Hi" }, ": keep-alive"],
])("a stream that waits sends a sign of life, and then its text: %s", async (path, body, ping) => {
  let resolve = (): void => {};
  const pinged = new Promise<void>((settle) => {
    resolve = settle;
  });
  const transport = new ScriptedTransport([
    async function* () {
      yield { type: "text-delta", index: 0, delta: "Hello" };
      await pinged;
      yield { type: "text-delta", index: 0, delta: " there" };
      yield { type: "block-end", index: 0, block: { type: "text", text: "Hello there" } };
      yield stepEnd();
    },
  ]);
  const { send } = await gateway({ transport, keepAliveMs: 20 });
  const response = await send(path, { model: "scripted", stream: true, ...body });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(ping)) resolve();
  }
  expect(text).toMatch(/Hello[\s\S]*\n\n(?:event: ping\ndata: |: keep-alive)[\s\S]* there/);
});

test("a reader that stops reading stops the response, instead of filling memory", async () => {
  let pulled = 0;
  const delta = "x".repeat(10_000);
  const transport = new ScriptedTransport([
    async function* () {
      for (; pulled < 20_000; pulled += 1) yield { type: "text-delta", index: 0, delta };
    },
  ]);
  const { send } = await gateway({ transport });
  const response = await send("/v1/responses", { model: "scripted", input: "Hi", stream: true });
  let before = -1;
  await expect
    .poll(() => {
      const isStill = pulled === before;
      before = pulled;
      return isStill;
    })
    .toBe(true);
  // 200 MB would come. The sockets of both sides hold a few.
  expect(pulled).toBeLessThan(2_000);
  await response.body?.cancel();
});
