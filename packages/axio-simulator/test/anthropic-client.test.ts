import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type AnthropicSimulator,
  type AnthropicSimulatorOptions,
  startAnthropicSimulator,
} from "../src/index.ts";

const TOOL = {
  name: "read_file",
  input_schema: { type: "object" as const, properties: { path: { type: "string" } } },
};

async function start(
  options: AnthropicSimulatorOptions = {},
): Promise<{ simulator: AnthropicSimulator; client: Anthropic }> {
  const simulator = await startAnthropicSimulator(options);
  onTestFinished(() => simulator.close());
  const { baseUrl: baseURL, apiKey } = simulator;
  return { simulator, client: new Anthropic({ baseURL, apiKey, maxRetries: 0 }) };
}

const PROMPT = `think I should read both.
say I read them.
call read_file {"path":"a.txt"}
call read_file {"path":"b.txt"}
then
think Now I know.
say They say {{result 1}} and {{result 2}}.`;

describe("the official client", () => {
  test("streams a turn with thinking and two tools, and folds it", async () => {
    const { client } = await start();
    const settings = { model: "claude-sonnet-5-5", max_tokens: 4096, tools: [TOOL] };
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: PROMPT }];
    const first = await client.messages.stream({ ...settings, messages }).finalMessage();
    expect(first.stop_reason).toBe("tool_use");
    expect(first.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use", "tool_use"]);
    const calls = first.content.filter((block) => block.type === "tool_use");
    expect(calls.map(({ input }) => input)).toEqual([{ path: "a.txt" }, { path: "b.txt" }]);
    const results = calls.map(({ id }, index) => ({
      type: "tool_result" as const,
      tool_use_id: id,
      content: `R${index + 1}`,
    }));
    messages.push({ role: "assistant", content: first.content }, { role: "user", content: results });
    const second = await client.messages.create({ ...settings, messages });
    expect(second.content.at(-1)).toMatchObject({ type: "text", text: "They say R1 and R2." });
    expect(second.stop_reason).toBe("end_turn");
  });

  test("goes on after a pause with the hosted tool's blocks as they came", async () => {
    const { client } = await start();
    const settings = {
      model: "claude-opus-5",
      max_tokens: 4096,
      tools: [{ type: "web_search_20260318" as const, name: "web_search" as const }],
    };
    const messages: Anthropic.MessageParam[] = [
      { role: "user", content: "search tea\npause-turn\nsearch coffee\npause-turn\nsay Both are hot." },
    ];
    const reasons: (string | null)[] = [];
    const content: Anthropic.ContentBlock[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const continued = content.length === 0 ? [] : [{ role: "assistant" as const, content }];
      const message = await client.messages
        .stream({ ...settings, messages: [...messages, ...continued] })
        .finalMessage();
      reasons.push(message.stop_reason);
      content.push(...message.content);
    }
    expect(reasons).toEqual(["pause_turn", "pause_turn", "end_turn"]);
    expect(content.map(({ type }) => type)).toEqual([
      "server_tool_use",
      "web_search_tool_result",
      "server_tool_use",
      "web_search_tool_result",
      "text",
    ]);
  });

  test("reads the refusal of a key, of a model and of a body", async () => {
    const { simulator, client } = await start();
    const ask = (model: string, rest: object = {}): Promise<Anthropic.Message> =>
      client.messages.create({ model, max_tokens: 10, messages: [{ role: "user", content: "Hi" }], ...rest });
    await expect(ask("claude-none")).rejects.toMatchObject({ status: 404 });
    await expect(ask("claude-opus-5-5", { temperature: 0.5 })).rejects.toMatchObject({ status: 400 });
    simulator.revokeKey(simulator.apiKey);
    await expect(ask("claude-opus-5-5")).rejects.toMatchObject({ status: 401 });
  });

  test("counts tokens and lists models page by page", async () => {
    const { client } = await start();
    const messages = [{ role: "user" as const, content: "Hello there" }];
    const { input_tokens } = await client.messages.countTokens({ model: "claude-haiku-5-5", messages });
    expect(input_tokens).toBeGreaterThan(5);
    const ids: string[] = [];
    for await (const model of client.models.list({ limit: 3 })) ids.push(model.id);
    expect(ids).toContain("claude-sonnet-4-5");
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("throws an error of the stream", async () => {
    const { simulator, client } = await start();
    simulator.faults.add("stream_overloaded", { target: "messages" });
    const stream = client.messages.stream({
      model: "claude-haiku-5-5",
      max_tokens: 10,
      messages: [{ role: "user", content: "say Hello" }],
    });
    await expect(stream.finalMessage()).rejects.toThrow(/Overloaded/);
  });
});
