import * as ai7 from "ai";
import * as ai5 from "ai-5";
import * as ai6 from "ai-6";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { codexTransport } from "test-support/codex-transport";
import { openaiTransport } from "test-support/openai-transport";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createAxio } from "../src/index.ts";

// The AI SDK also prints its warnings.
vi.stubGlobal("AI_SDK_LOG_WARNINGS", false);

type Ai = typeof ai7;

// The functions have the same signatures in both versions, except for the version of the model.
const VERSIONS: readonly [
  string,
  Ai,
  (axio: ReturnType<typeof createAxio>, id?: string) => ai7.LanguageModel,
][] = [
  ["ai 7", ai7, (axio, id = "gpt-5.5") => axio(id)],
  ["ai 6", ai6 as unknown as Ai, (axio, id = "gpt-5.5") => axio.v3(id) as unknown as ai7.LanguageModel],
  ["ai 5", ai5 as unknown as Ai, (axio, id = "gpt-5.5") => axio.v2(id) as unknown as ai7.LanguageModel],
];

const CALL = 'think Which city?\ncall get_weather {"city":"Oslo"}\nthen\nsay It is {{result 1}}.';

describe.each(VERSIONS)("%s", (_, ai, modelOf) => {
  const weather = ai.tool({
    description: "Returns the weather.",
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => `sunny in ${city}`,
  });

  test("generates text with usage and facts of the provider", async () => {
    const { transport } = await codexTransport();
    const result = await ai.generateText({ model: modelOf(createAxio(transport)), prompt: "say Hello." });
    expect(result.text).toBe("Hello.");
    expect(result.finishReason).toBe("stop");
    expect(result.usage.inputTokens).toBeGreaterThan(0);
    expect(result.providerMetadata?.["axio"]).toHaveProperty("rateLimits");
    expect(result.warnings ?? []).toEqual([]);
  });

  test("runs a tool loop and sends reasoning back", async () => {
    const { transport, simulator } = await codexTransport();
    const result = await ai.generateText({
      model: modelOf(createAxio(transport)),
      prompt: CALL,
      tools: { get_weather: weather },
      stopWhen: ai.stepCountIs(3),
    });
    expect(result.text).toBe("It is sunny in Oslo.");
    expect(result.steps).toHaveLength(2);
    expect(result.steps[0]?.reasoningText).toBe("Which city?");
    expect(JSON.stringify(simulator.requests.at(-1)?.json)).toContain("encrypted_content");
  });

  test("streams text and reasoning in order", async () => {
    const { transport } = await codexTransport();
    const result = ai.streamText({
      model: modelOf(createAxio(transport)),
      prompt: "think Hm.\nsay Hello there.",
    });
    const types = new Set<string>();
    let text = "";
    for await (const part of result.fullStream) {
      types.add(part.type);
      if (part.type === "text-delta") text += part.text;
    }
    expect(text).toBe("Hello there.");
    expect([...types]).toEqual(
      expect.arrayContaining(["reasoning-start", "reasoning-end", "text-start", "text-end", "finish"]),
    );
    expect(await result.finishReason).toBe("stop");
  });

  test("generates an object that fits a schema", async () => {
    const { transport, simulator } = await codexTransport();
    const output = ai.Output.object({ schema: z.object({ city: z.string() }) });
    // Version 5 has another name for it.
    const settings = { output, experimental_output: output };
    const result = await ai.generateText({
      model: modelOf(createAxio(transport)),
      prompt: 'say {"city":"Oslo"}',
      ...settings,
    });
    expect(result.output ?? Object(result).experimental_output).toEqual({ city: "Oslo" });
    expect(simulator.requests.at(-1)?.json).toMatchObject({ text: { format: { type: "json_schema" } } });
  });

  test("sends images, and results with images, to the model", async () => {
    const { transport, simulator } = await codexTransport();
    const png =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    await ai.generateText({
      model: modelOf(createAxio(transport)),
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "say Seen." },
            { type: "file", data: png, mediaType: "image/png" },
          ],
        },
      ],
    });
    expect(JSON.stringify(simulator.requests.at(-1)?.json)).toContain(`data:image/png;base64,${png}`);
  });

  test("reports a stream that breaks, through onError and the finish reason", async () => {
    const { transport } = await codexTransport();
    const onError = vi.fn();
    const result = ai.streamText({
      model: modelOf(createAxio(transport)),
      prompt: "say Hello.\nfail eof at=end",
      onError: ({ error }) => onError(error),
    });
    await result.consumeStream();
    expect(onError).toHaveBeenCalledOnce();
    await expect(result.finishReason).resolves.toBe("error");
  });

  test("does not repeat a request at a usage limit", async () => {
    const { transport, simulator } = await codexTransport();
    simulator.faults.add("usage_limit_reached", { times: 5 });
    const before = simulator.requests.length;
    await expect(
      ai.generateText({ model: modelOf(createAxio(transport)), prompt: "say Hello." }),
    ).rejects.toMatchObject({ statusCode: 429, isRetryable: false, data: { code: "usage-limit" } });
    expect(simulator.requests.slice(before).filter(({ path }) => path.endsWith("/responses"))).toHaveLength(
      1,
    );
  });

  test("aborts in the middle of a stream, and closes the request", async () => {
    const { transport, simulator } = await codexTransport();
    const abort = new AbortController();
    const result = ai.streamText({
      model: modelOf(createAxio(transport)),
      prompt: "say Hello there.\nwait 20s\nsay Never.",
      abortSignal: abort.signal,
    });
    for await (const part of result.fullStream) if (part.type === "text-delta") abort.abort();
    await expect.poll(() => simulator.stats.openStreams).toBe(0);
  });

  test("names settings without effect in warnings", async () => {
    const { transport } = await codexTransport();
    const { warnings } = await ai.generateText({
      model: modelOf(createAxio(transport)),
      prompt: "say Hi.",
      temperature: 0.5,
      providerOptions: { openai: { textVerbosity: "low", store: false } },
    });
    expect(
      warnings?.map((warning) => ("feature" in warning ? warning.feature : Object(warning).setting)),
    ).toEqual(["temperature", "providerOptions.openai.textVerbosity"]);
  });

  test("passes on the settings that the transport sends, and names the others", async () => {
    const { transport, bodies } = await openaiTransport("chat");
    const { text, warnings } = await ai.generateText({
      model: modelOf(createAxio(transport), "gpt-4.1"),
      prompt: "say Hi.",
      maxOutputTokens: 500,
      temperature: 0.2,
      topK: 5,
      stopSequences: ["END"],
      seed: 3,
    });
    expect(text).toBe("Hi.");
    expect(bodies()).toMatchObject([
      { max_completion_tokens: 500, temperature: 0.2, stop: ["END"], seed: 3 },
    ]);
    expect(
      warnings?.map((warning) => ("feature" in warning ? warning.feature : Object(warning).setting)),
    ).toEqual(["topK"]);
  });

  test("names the models if one is unknown", async () => {
    const { transport } = await codexTransport();
    const model = modelOf(createAxio(transport), "gpt-1");
    await expect(ai.generateText({ model, prompt: "Hi" })).rejects.toThrow(/gpt-5\.5/);
  });

  test("continues a conversation with the messages of the response", async () => {
    const { transport, simulator } = await codexTransport();
    const model = modelOf(createAxio(transport));
    const messages: ai7.ModelMessage[] = [{ role: "user", content: "think Deep.\nsay One." }];
    const first = await ai.generateText({ model, messages });
    messages.push(...first.response.messages, { role: "user", content: "say Two." });
    const second = await ai.generateText({ model, messages });
    expect(second.text).toBe("Two.");
    const keys = simulator.requests.flatMap(({ json }) => {
      const { prompt_cache_key: key } = (json ?? {}) as { prompt_cache_key?: string };
      return key ?? [];
    });
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });
});

test("a strict provider refuses settings without effect", async () => {
  const { transport } = await codexTransport();
  await expect(
    ai7.generateText({
      model: createAxio(transport, { strict: true })("gpt-5.5"),
      prompt: "Hi",
      temperature: 1,
    }),
  ).rejects.toThrow(/temperature/);
});

test("an unknown option of this provider is an error", async () => {
  const { transport } = await codexTransport();
  await expect(
    ai7.generateText({
      model: createAxio(transport)("gpt-5.5"),
      prompt: "Hi",
      providerOptions: { axio: { reasoningEfort: "high" } },
    }),
  ).rejects.toThrow(/reasoningEffort/);
});

test("a broken response may count as interrupted", async () => {
  const { transport } = await codexTransport();
  const result = ai7.streamText({
    model: createAxio(transport, { onTruncated: "interrupted" })("gpt-5.5"),
    prompt: "say Hello.\nfail eof at=end",
  });
  expect(await result.text).toBe("Hello.");
  expect(await result.finishReason).toBe("interrupted");
});

test("version 2 has the shapes that `ai` 5 reads", async () => {
  const { transport } = await codexTransport();
  const model = createAxio(transport).v2("gpt-5.5");
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "say Hello." }] }];
  const { stream } = await model.doStream({ prompt, temperature: 1 });
  const parts = [];
  for await (const part of stream) parts.push(part);
  expect(parts[0]).toEqual({
    type: "stream-start",
    warnings: [
      {
        type: "unsupported-setting",
        setting: "temperature",
        details: expect.stringContaining("The Codex backend does not support it."),
      },
    ],
  });
  expect(parts.at(-1)).toMatchObject({
    type: "finish",
    finishReason: "stop",
    usage: { totalTokens: expect.any(Number) },
  });
  const generated = await model.doGenerate({ prompt });
  expect(generated.content).toMatchObject([{ type: "text", text: "Hello." }]);
});

test("batches that have no part do not stop the stream", async () => {
  const transport = new ScriptedTransport([
    async function* () {
      yield { type: "hosted-tool-start", index: 0, name: "web-search" };
      yield { type: "rate-limits", rateLimits: { limits: [] } };
      yield* textAnswer("Done.");
    },
  ]);
  const result = ai7.streamText({ model: createAxio(transport)("scripted"), prompt: "Hi" });
  expect(await result.text).toBe("Done.");
});
