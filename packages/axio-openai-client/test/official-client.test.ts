import { isJsonObject } from "axio";
import type OpenAI from "openai";
import { codexTransport } from "test-support/codex-transport";
import { openaiTransport } from "test-support/openai-transport";
import { describe, expect, test } from "vitest";
import { CLIENTS } from "./support.ts";

const WEATHER = {
  type: "function",
  name: "get_weather",
  description: "Returns the weather.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
  strict: true,
} as const;

const CALL = 'think Which city?\ncall get_weather {"city":"Oslo"}\nthen\nsay It is {{result 1}}.';

describe.each(CLIENTS)("%s", (_, connect) => {
  test("creates a response", async () => {
    const { transport } = await codexTransport();
    const response = await connect(transport).responses.create({ model: "gpt-5.5", input: "say Hello." });
    expect(response.output_text).toBe("Hello.");
    expect(response.status).toBe("completed");
    expect(response.usage?.total_tokens).toBeGreaterThan(0);
  });

  test("streams a response whose final object has the collected output", async () => {
    const { transport } = await codexTransport();
    const stream = connect(transport).responses.stream({ model: "gpt-5.5", input: "say Hello there." });
    let text = "";
    stream.on("response.output_text.delta", ({ delta }) => {
      text += delta;
    });
    const final = await stream.finalResponse();
    expect(text).toBe("Hello there.");
    expect(final.output[0]).toMatchObject({ type: "message", content: [{ text: "Hello there." }] });
  });

  test("runs a tool loop that sends the items back, reasoning included", async () => {
    const { transport, simulator } = await codexTransport();
    const client = connect(transport);
    const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: CALL }];
    const first = await client.responses.create({
      model: "gpt-5.5",
      input,
      tools: [WEATHER],
      include: ["reasoning.encrypted_content"],
      store: false,
    });
    const call = first.output.find((item) => item.type === "function_call");
    expect(call).toMatchObject({ name: "get_weather", arguments: '{"city":"Oslo"}' });
    const second = await client.responses.create({
      model: "gpt-5.5",
      input: [
        ...input,
        ...(first.output as OpenAI.Responses.ResponseInputItem[]),
        { type: "function_call_output", call_id: call?.call_id ?? "", output: "sunny" },
      ],
      tools: [WEATHER],
      store: false,
    });
    expect(second.output_text).toBe("It is sunny.");
    const sent = JSON.stringify(simulator.requests.at(-1)?.json);
    expect(sent).toContain("encrypted_content");
  });

  test("continues a response by its id", async () => {
    const { transport, simulator } = await codexTransport();
    const client = connect(transport);
    const first = await client.responses.create({ model: "gpt-5.5", input: CALL, tools: [WEATHER] });
    const call = first.output.find((item) => item.type === "function_call");
    const second = await client.responses.create({
      model: "gpt-5.5",
      previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: call?.call_id ?? "", output: "rainy" }],
      tools: [WEATHER],
    });
    expect(second.output_text).toBe("It is rainy.");
    expect(await client.responses.retrieve(second.id)).toMatchObject({ id: second.id });
    await client.responses.delete(second.id);
    await expect(client.responses.retrieve(second.id)).rejects.toMatchObject({ status: 404 });
    // The cache is found again.
    const keys = simulator.requests.flatMap(({ json }) =>
      isJsonObject(json) && typeof json["prompt_cache_key"] === "string" ? [json["prompt_cache_key"]] : [],
    );
    expect(new Set(keys).size).toBe(1);
  });

  test("refuses an unknown previous response", async () => {
    const { transport } = await codexTransport();
    const client = connect(transport);
    await expect(
      client.responses.create({ model: "gpt-5.5", previous_response_id: "resp_gone", input: "Hi" }),
    ).rejects.toMatchObject({ status: 404, code: "previous_response_not_found" });
  });

  test("parses an object", async () => {
    const { transport } = await codexTransport();
    const response = await connect(transport).responses.parse({
      model: "gpt-5.5",
      input: 'say {"city":"Oslo"}',
      text: {
        format: {
          type: "json_schema",
          name: "place",
          strict: true,
          schema: { $schema: "https://json-schema.org/draft/2020-12/schema", ...WEATHER.parameters },
        },
      },
    });
    expect(JSON.parse(response.output_text)).toEqual({ city: "Oslo" });
  });

  test("completes a chat, streamed and folded, with a tool", async () => {
    const { transport } = await codexTransport();
    const client = connect(transport);
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: CALL }];
    const { strict, type, ...tool } = WEATHER;
    const tools: OpenAI.ChatCompletionTool[] = [{ type, function: { ...tool, strict } }];
    const streamed = await client.chat.completions
      .stream({ model: "gpt-5.5", messages, tools, stream_options: { include_usage: true } })
      .finalChatCompletion();
    const call = streamed.choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({
      type: "function",
      function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
    });
    expect(streamed.choices[0]?.finish_reason).toBe("tool_calls");
    expect(streamed.usage?.prompt_tokens).toBeGreaterThan(0);
    const folded = await client.chat.completions.create({
      model: "gpt-5.5",
      messages: [
        ...messages,
        { role: "assistant", tool_calls: call === undefined ? [] : [call] },
        { role: "tool", tool_call_id: call?.id ?? "", content: "sunny" },
      ],
      tools,
    });
    expect(folded.choices[0]?.message.content).toBe("It is sunny.");
    expect(folded.choices[0]?.finish_reason).toBe("stop");
  });

  test("gets a refusal as a refusal, in each form", async () => {
    const { transport } = await codexTransport();
    const client = connect(transport);
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "refuse I will not." }];
    const folded = await client.chat.completions.create({ model: "gpt-5.5", messages });
    expect(folded.choices[0]?.message).toMatchObject({ content: null, refusal: "I will not." });
    let streamed = "";
    for await (const { choices } of await client.chat.completions.create({
      model: "gpt-5.5",
      messages,
      stream: true,
    })) {
      expect(choices[0]?.delta.content ?? "").toBe("");
      streamed += choices[0]?.delta.refusal ?? "";
    }
    expect(streamed).toBe("I will not.");
    const types = new Set<string>();
    for await (const { type } of await client.responses.create({
      model: "gpt-5.5",
      input: "refuse I will not.",
      stream: true,
    }))
      types.add(type);
    expect(types).toContain("response.refusal.delta");
    expect(types).not.toContain("response.output_text.delta");
  });

  test("lists the models, and names them if one is unknown", async () => {
    const { transport } = await codexTransport();
    const client = connect(transport);
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toContain("gpt-5.5");
    await expect(client.responses.create({ model: "gpt-1", input: "Hi" })).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
      message: expect.stringContaining("gpt-5.5"),
    });
  });

  test.each(["fail eof at=text", "fail failed code=server_error at=text"])(
    "throws if a stream fails: %s",
    async (fault) => {
      const { transport } = await codexTransport();
      const stream = connect(transport).responses.stream({
        model: "gpt-5.5",
        input: `${fault}\nsay Hello there.`,
      });
      await expect(stream.finalResponse()).rejects.toThrow();
    },
  );

  test("names what has no effect, and refuses it in strict mode", async () => {
    const { transport } = await codexTransport();
    const { response } = await connect(transport)
      .responses.create({ model: "gpt-5.5", input: "say Hi.", temperature: 0.5, user: "me" })
      .withResponse();
    expect(response.headers.get("axio-warnings")).toBe("temperature, user");
    await expect(
      connect(transport, { strict: true }).responses.create({
        model: "gpt-5.5",
        input: "Hi",
        temperature: 0.5,
      }),
    ).rejects.toMatchObject({ status: 400, param: "temperature" });
  });

  test("passes on the settings that the transport sends, and names the others", async () => {
    const { transport, bodies } = await openaiTransport("responses");
    const client = connect(transport);
    const first = await client.responses
      .create({ model: "gpt-4.1", input: "say Hi.", temperature: 0.2, max_output_tokens: 500 })
      .withResponse();
    expect([first.data.output_text, first.response.headers.get("axio-warnings")]).toEqual(["Hi.", null]);
    const messages = [{ role: "user" as const, content: "say Hi." }];
    const second = await client.chat.completions
      .create({ model: "gpt-4.1", messages, top_p: 0.5, max_completion_tokens: 400, stop: "END", seed: 3 })
      .withResponse();
    expect(second.data.choices[0]?.message.content).toBe("Hi.");
    expect(second.response.headers.get("axio-warnings")).toBe("stop, seed");
    expect(bodies()).toMatchObject([
      { temperature: 0.2, max_output_tokens: 500 },
      { top_p: 0.5, max_output_tokens: 400 },
    ]);
    await expect(
      connect(transport, { strict: true }).chat.completions.create({ model: "gpt-4.1", messages, seed: 3 }),
    ).rejects.toMatchObject({ status: 400, param: "seed" });
    await expect(
      client.responses.create({ model: "gpt-4.1", input: "Hi", temperature: "hot" as unknown as number }),
    ).rejects.toMatchObject({ status: 400, param: "temperature" });
    await expect(client.responses.create({ model: "gpt-4.1", input: "Hi", top_p: 7 })).rejects.toMatchObject({
      status: 400,
    });
  });

  test("ends the request of a client that leaves", async () => {
    const { transport, simulator } = await codexTransport();
    const stream = await connect(transport).responses.create({
      model: "gpt-5.5",
      input: "say Hello there.\nwait 20s\nsay Never.",
      stream: true,
    });
    for await (const event of stream) if (event.type === "response.output_text.delta") break;
    await expect.poll(() => simulator.stats.openStreams).toBe(0);
  });
});
