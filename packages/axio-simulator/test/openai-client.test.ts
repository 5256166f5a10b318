import OpenAI from "openai";
import { describe, expect, onTestFinished, test } from "vitest";
import { type OpenAISimulator, type OpenAISimulatorOptions, startOpenAISimulator } from "../src/index.ts";
import { CHAT_TOOL } from "./chat-client.ts";

async function start(
  options: OpenAISimulatorOptions = {},
): Promise<{ simulator: OpenAISimulator; client: OpenAI }> {
  const simulator = await startOpenAISimulator(options);
  onTestFinished(() => simulator.close());
  const client = new OpenAI({ baseURL: simulator.baseUrl, apiKey: simulator.apiKey, maxRetries: 0 });
  return { simulator, client };
}

const PROMPT = `say I read it.
call read_file {"path":"a.txt"}
call read_file {"path":"b.txt"}
then
say They say {{result 1}} and {{result 2}}.`;

describe("the official client, over Chat Completions", () => {
  test("streams a turn with two tools and folds it", async () => {
    const { client } = await start();
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: PROMPT }];
    const stream = client.chat.completions.stream({
      model: "gpt-4.1",
      messages,
      tools: [CHAT_TOOL],
      stream_options: { include_usage: true },
    });
    const first = await stream.finalChatCompletion();
    const message = first.choices[0]?.message;
    expect(message?.content).toBe("I read it.");
    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    const calls = message?.tool_calls ?? [];
    expect(calls.map((call) => call.type === "function" && call.function.arguments)).toEqual([
      '{"path":"a.txt"}',
      '{"path":"b.txt"}',
    ]);
    expect(first.usage?.prompt_tokens).toBeGreaterThan(0);
    if (message === undefined) throw new Error("There is no message.");
    const results = calls.map(({ id }, index) => ({
      role: "tool" as const,
      tool_call_id: id,
      content: `R${index + 1}`,
    }));
    const second = await client.chat.completions.create({
      model: "gpt-4.1",
      messages: [...messages, { role: "assistant", content: message.content, tool_calls: calls }, ...results],
      tools: [CHAT_TOOL],
    });
    expect(second.choices[0]?.message.content).toBe("They say R1 and R2.");
  });

  test("reads the refusal of a wrong key", async () => {
    const { simulator, client } = await start();
    simulator.revokeKey(simulator.apiKey);
    const models = client.models.list();
    await expect(models).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
  });

  test("throws the error of a stream", async () => {
    const { client } = await start();
    const stream = await client.chat.completions.create({
      model: "gpt-4.1",
      messages: [{ role: "user", content: "say Hello there\nfail stream_error code=server_error" }],
      stream: true,
    });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) expect(chunk.object).toBe("chat.completion.chunk");
    };
    await expect(read()).rejects.toMatchObject({ code: "server_error" });
  });
});

describe("the official client, over Responses", () => {
  test("continues a stored response", async () => {
    const { client } = await start();
    const first = await client.responses.create({ model: "gpt-5.5", input: PROMPT, tools: [RESPONSES_TOOL] });
    const calls = first.output.filter((item) => item.type === "function_call");
    expect(calls).toHaveLength(2);
    const second = await client.responses.create({
      model: "gpt-5.5",
      previous_response_id: first.id,
      input: calls.map(({ call_id }, index) => ({
        type: "function_call_output",
        call_id,
        output: `R${index + 1}`,
      })),
      tools: [RESPONSES_TOOL],
    });
    expect(second.output_text).toBe("They say R1 and R2.");
    expect((await client.responses.retrieve(second.id)).output_text).toBe("They say R1 and R2.");
  });

  test("streams without storing", async () => {
    const { client } = await start();
    const stream = client.responses.stream({ model: "gpt-6.2-sol", input: "say Hello", store: false });
    const { id, output_text } = await stream.finalResponse();
    expect(output_text).toBe("Hello");
    await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });
});

const RESPONSES_TOOL = {
  type: "function" as const,
  name: CHAT_TOOL.function.name,
  parameters: CHAT_TOOL.function.parameters,
  strict: false,
};
