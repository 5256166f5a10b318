import type { AxioError, GenerationSettings } from "axio";
import { asking, failureOf, textOf } from "test-support/transport-calls";
import { expect, test } from "vitest";
import type { AnthropicTransportOptions } from "../src/index.ts";
import { bodiesOf, simulate, transportTo } from "./support/simulator.ts";

const SETTINGS: GenerationSettings = {
  maxOutputTokens: 500,
  temperature: 0.2,
  topP: 0.9,
  topK: 9,
  stop: ["END"],
  seed: 1,
};

async function start(options: AnthropicTransportOptions) {
  const simulator = await simulate();
  const warnings: AxioError[] = [];
  const transport = transportTo(simulator, { onWarning: (warning) => warnings.push(warning), ...options });
  const ask = (settings: GenerationSettings, effort?: string): Promise<string> =>
    textOf(transport.stream(asking("say Hi.", { ...settings, reasoning: { effort } })));
  return { simulator, transport, warnings, ask };
}

test("a model takes the settings that it has, and the others are named once", async () => {
  const { simulator, warnings, ask } = await start({ model: "claude-opus-4-6", maxTokens: 900 });
  expect(await ask(SETTINGS, "none")).toBe("Hi.");
  expect(await ask(SETTINGS, "none")).toBe("Hi.");
  const [body] = bodiesOf(simulator);
  expect(body).toMatchObject({ max_tokens: 500, temperature: 0.2, top_k: 9, stop_sequences: ["END"] });
  expect(body).not.toHaveProperty("top_p");
  expect(warnings.map(({ message }) => message)).toEqual([
    'The setting "topP" is not sent. Models take one of "temperature" and "top_p". Omit it.',
    'The setting "seed" is not sent. The Messages API does not have it. Omit it.',
  ]);
});

test.each([
  ["a model that takes no sampling settings", "claude-sonnet-5-5", undefined],
  ["a model that reasons in this request", "claude-opus-4-6", "high"],
  ["a model that may reason in this request", "claude-opus-4-6", undefined],
])("%s gets none, and its response does not depend on them", async (_, model, effort) => {
  const { simulator, transport, warnings, ask } = await start({ model });
  const settings = { temperature: 0.2, topK: 9, maxOutputTokens: 500 };
  const request = asking("", { ...settings, reasoning: { effort } });
  expect(transport.unsupportedSettings(request).map(({ details }) => details.parameter)).toEqual([
    "temperature",
    "topK",
  ]);
  expect(await ask(settings, effort)).toBe("Hi.");
  const [body] = bodiesOf(simulator);
  expect(body).toMatchObject({ max_tokens: 500 });
  expect(Object.keys(body ?? {})).not.toEqual(expect.arrayContaining(["temperature"]));
  expect(warnings).toHaveLength(2);
});

test("the effort of the transport decides what is unsupported, as it decides what is sent", async () => {
  const settings = { temperature: 0.2 };
  for (const [effort, unsupported] of [
    ["none", []],
    ["high", ["temperature"]],
  ] as const) {
    const { transport, warnings } = await start({ model: "claude-opus-4-6", reasoning: { effort } });
    const named = transport.unsupportedSettings(asking("say Hi.", settings));
    expect(named.map(({ details }) => details.parameter)).toEqual(unsupported);
    await textOf(transport.stream(asking("say Hi.", settings)));
    expect(warnings.map(({ details }) => details.parameter)).toEqual(unsupported);
  }
});

test("a limit above that of the model is lowered", async () => {
  const { simulator, warnings, ask } = await start({ model: "claude-opus-4-5" });
  expect(await ask({ maxOutputTokens: 1_000_000 })).toBe("Hi.");
  expect(bodiesOf(simulator)[0]).toMatchObject({ max_tokens: 64_000 });
  expect(warnings).toHaveLength(1);
});

test("a strict transport refuses a setting that it cannot send", async () => {
  const { simulator, ask } = await start({ strict: true });
  const error = await failureOf(ask({ temperature: 0.2 }));
  expect([error.code, error.details.parameter]).toEqual(["unsupported-parameter", "temperature"]);
  expect(bodiesOf(simulator)).toEqual([]);
});
