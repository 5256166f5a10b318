import { Agent, Runner, setTracingDisabled, tool } from "@openai/agents-core";
import type { Simulator } from "axio-simulator";
import type { CodexTransport } from "axio-transport-codex";
import { codexTransport } from "test-support/codex-transport";
import { openaiTransport } from "test-support/openai-transport";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { AxioModel, type AxioModelOptions, AxioModelProvider } from "../src/index.ts";

setTracingDisabled(true);

async function runner(
  options?: AxioModelOptions,
): Promise<{ readonly runner: Runner; readonly simulator: Simulator; readonly transport: CodexTransport }> {
  const { simulator, transport } = await codexTransport();
  return {
    runner: new Runner({ modelProvider: new AxioModelProvider(transport, options) }),
    simulator,
    transport,
  };
}

const weather = tool({
  name: "get_weather",
  description: "Returns the weather.",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `sunny in ${city}`,
});

const CALL = 'think Which city?\ncall get_weather {"city":"Oslo"}\nthen\nsay It is {{result 1}}.';

test("an agent runs a tool loop, and its reasoning goes back to the model", async () => {
  const { runner: runs, simulator } = await runner();
  const agent = new Agent({ name: "Helper", instructions: "Be brief.", model: "gpt-5.5", tools: [weather] });
  const result = await runs.run(agent, CALL);
  expect(result.finalOutput).toBe("It is sunny in Oslo.");
  expect(result.runContext.usage.requests).toBe(2);
  expect(result.runContext.usage.totalTokens).toBeGreaterThan(0);
  expect(JSON.stringify(simulator.requests.at(-1)?.json)).toContain("encrypted_content");
});

test("an agent hands over to another one", async () => {
  const { runner: runs } = await runner();
  const expert = new Agent({ name: "Expert", instructions: "You know it.", model: "gpt-5.5" });
  const triage = new Agent({
    name: "Triage",
    instructions: "Hand over.",
    model: "gpt-5.5",
    handoffs: [expert],
  });
  const result = await runs.run(triage, "call transfer_to_Expert {}\nthen\nsay Handled.");
  expect(result.finalOutput).toBe("Handled.");
  expect(result.lastAgent?.name).toBe("Expert");
});

test("a run is streamed", async () => {
  const { runner: runs } = await runner();
  const agent = new Agent({ name: "Helper", model: "gpt-5.5" });
  const result = await runs.run(agent, "say Hello there.", { stream: true });
  let text = "";
  for await (const delta of result.toTextStream()) text += delta;
  await result.completed;
  expect(text).toBe("Hello there.");
  expect(result.finalOutput).toBe("Hello there.");
});

test("an agent with an output type returns an object", async () => {
  const { runner: runs, simulator } = await runner();
  const agent = new Agent({ name: "Helper", model: "gpt-5.5", outputType: z.object({ city: z.string() }) });
  const result = await runs.run(agent, 'say {"city":"Oslo"}');
  expect(result.finalOutput).toEqual({ city: "Oslo" });
  expect(simulator.requests.at(-1)?.json).toMatchObject({ text: { format: { type: "json_schema" } } });
});

test("a conversation goes on with the history of a run", async () => {
  const { runner: runs } = await runner();
  const agent = new Agent({ name: "Helper", model: "gpt-5.5" });
  const first = await runs.run(agent, "think Deep.\nsay One.");
  const second = await runs.run(agent, [...first.history, { role: "user", content: "say Two." }]);
  expect(second.finalOutput).toBe("Two.");
});

test("a stream that breaks is an error, and must not be repeated", async () => {
  const { runner: runs, transport } = await runner();
  const agent = new Agent({ name: "Helper", model: "gpt-5.5" });
  await expect(runs.run(agent, "say Hello.\nfail eof at=end")).rejects.toThrow(
    /before|truncated|ended|broke/i,
  );
  const model = new AxioModel(transport, "gpt-5.5");
  const request = {
    input: "say Hello.\nfail eof at=end",
    modelSettings: {},
    tools: [],
    outputType: "text" as const,
    handoffs: [],
    tracing: false,
  };
  const error: unknown = await model.getResponse(request).catch((thrown: unknown) => thrown);
  const advice = model.getRetryAdvice({ request, error, stream: true, attempt: 1 });
  expect(advice).toMatchObject({ suggested: false, replaySafety: "unsafe", responseStarted: true });
});

test("settings without effect are named", async () => {
  const onUnsupported = vi.fn();
  const { runner: runs } = await runner({ onUnsupported });
  const agent = new Agent({
    name: "Helper",
    model: "gpt-5.5",
    modelSettings: { temperature: 1, store: false },
  });
  await runs.run(agent, "say Hi.");
  expect(onUnsupported).toHaveBeenCalledWith([expect.objectContaining({ parameter: "temperature" })]);
});

test("settings that the transport sends are passed on", async () => {
  const onUnsupported = vi.fn();
  const { transport, bodies } = await openaiTransport("responses");
  const runs = new Runner({ modelProvider: new AxioModelProvider(transport, { onUnsupported }) });
  const modelSettings = { temperature: 0.2, maxTokens: 500, presencePenalty: 1 };
  const agent = new Agent({ name: "Helper", model: "gpt-4.1", modelSettings });
  expect((await runs.run(agent, "say Hi.")).finalOutput).toBe("Hi.");
  expect(bodies()).toMatchObject([{ temperature: 0.2, max_output_tokens: 500 }]);
  expect(onUnsupported).toHaveBeenCalledExactlyOnceWith([
    { parameter: "presencePenalty", reason: expect.stringContaining("The Responses API does not have it.") },
  ]);
});

test("what cannot be served is an error that says so", async () => {
  const { runner: runs } = await runner();
  const agent = new Agent({ name: "Helper", model: "gpt-5.5" });
  await expect(runs.run(agent, "Hi", { previousResponseId: "resp_1" })).rejects.toThrow(/stores nothing/);
  await expect(runs.run(new Agent({ name: "Helper", model: "gpt-1" }), "Hi")).rejects.toThrow(/gpt-5\.5/);
});
