import type { AxioError, GenerationSettings } from "axio";
import { describe, expect, test } from "vitest";
import type { ServerTransportOptions } from "../src/index.ts";
import { asking, bodies, failureOf, simulate, textOf, transportTo } from "./support.ts";

const SETTINGS: GenerationSettings = {
  maxOutputTokens: 500,
  temperature: 0.2,
  topP: 0.9,
  seed: 4,
  stop: ["END"],
};

async function start(
  options: ServerTransportOptions,
  simulated: Parameters<typeof simulate>[0] = {},
): Promise<{
  readonly simulator: Awaited<ReturnType<typeof simulate>>;
  readonly transport: ReturnType<typeof transportTo>;
  readonly warnings: AxioError[];
}> {
  const simulator = await simulate(simulated);
  const warnings: AxioError[] = [];
  const transport = transportTo(simulator, { onWarning: (warning) => warnings.push(warning), ...options });
  return { simulator, transport, warnings };
}

const names = (errors: readonly AxioError[]): readonly (string | undefined)[] =>
  errors.map(({ details }) => details.parameter);

describe("settings of a call", () => {
  test("count more than those of the transport, over Chat Completions", async () => {
    const { simulator, transport, warnings } = await start({
      api: "chat",
      maxOutputTokens: 900,
      extraBody: { temperature: 1 },
    });
    expect(await textOf(transport.stream(asking("say Hi.", SETTINGS)))).toBe("Hi.");
    await textOf(transport.stream(asking("say Hi.")));
    expect(bodies(simulator)).toMatchObject([
      { max_completion_tokens: 500, temperature: 0.2, top_p: 0.9, seed: 4, stop: ["END"] },
      { max_completion_tokens: 900, temperature: 1 },
    ]);
    expect(bodies(simulator)[1]).not.toHaveProperty("seed");
    expect(warnings).toEqual([]);
  });

  test("that the Responses API lacks are left out, and named once", async () => {
    const { simulator, transport, warnings } = await start({ api: "responses", maxOutputTokens: 900 });
    for (let calls = 0; calls < 2; calls += 1) await textOf(transport.stream(asking("say Hi.", SETTINGS)));
    const [body] = bodies(simulator);
    expect(body).toMatchObject({ max_output_tokens: 500, temperature: 0.2, top_p: 0.9 });
    expect(names(warnings)).toEqual(["stop", "seed"]);
    expect(warnings[0]?.message).toBe(
      'The setting "stop" is not sent. The Responses API does not have it. Omit it.',
    );
  });

  test.each(["chat", "responses"] as const)(
    'that a model refuses because it reasons are sent over %s with the effort "none" only',
    async (api) => {
      const { simulator, transport, warnings } = await start({ api, model: "gpt-5.5" });
      const settings = { temperature: 0.2, topP: 0.9, maxOutputTokens: 500 };
      expect(await textOf(transport.stream(asking("say Hi.", settings)))).toBe("Hi.");
      expect(names(warnings)).toEqual(["temperature", "topP"]);
      const free = asking("say Ho.", { ...settings, reasoning: { effort: "none" } });
      expect(transport.unsupportedSettings(free)).toEqual([]);
      expect(await textOf(transport.stream(free))).toBe("Ho.");
      const [first, second] = bodies(simulator);
      expect(first).not.toHaveProperty("temperature");
      expect(second).toMatchObject({ temperature: 0.2, top_p: 0.9 });
    },
  );

  test("are named as the server names them", async () => {
    const { simulator, transport, warnings } = await start(
      { server: "mistral", model: "mistral-large-latest" },
      { dialect: "mistral" },
    );
    expect(await textOf(transport.stream(asking("say Hi.", { ...SETTINGS, topK: 9 })))).toBe("Hi.");
    expect(bodies(simulator)[0]).toMatchObject({ max_tokens: 500, random_seed: 4 });
    expect(bodies(simulator)[0]).not.toHaveProperty("seed");
    expect(names(warnings)).toEqual(["topK"]);
  });

  test("that a server turns out to refuse are left out from then on", async () => {
    const { simulator, transport, warnings } = await start(
      { server: "groq", model: "llama-3.3-70b-versatile" },
      { dialect: "groq", switches: { refusedMembers: ["presence_penalty"] } },
    );
    const request = asking("say Hi.", { presencePenalty: 1, temperature: 0.2 });
    expect(transport.unsupportedSettings(request)).toEqual([]);
    expect(await textOf(transport.stream(request))).toBe("Hi.");
    expect(bodies(simulator).map((body) => "presence_penalty" in body)).toEqual([true, false]);
    expect(names(warnings)).toEqual(["presence_penalty"]);
    expect(names(transport.unsupportedSettings(request))).toEqual(["presencePenalty"]);
    expect(await textOf(transport.stream(request))).toBe("Hi.");
    expect(bodies(simulator)).toHaveLength(3);
  });

  test("that are not sent are errors of a strict transport, before anything is sent", async () => {
    const { simulator, transport } = await start({ api: "responses", strict: true });
    const error = await failureOf(textOf(transport.stream(asking("say Hi.", { topK: 5 }))));
    expect([error.code, error.details.parameter]).toEqual(["unsupported-parameter", "topK"]);
    expect(bodies(simulator)).toEqual([]);
  });

  test("that cannot be used are errors, before anything is sent", async () => {
    const { simulator, transport } = await start({});
    const wrong = { temperature: "warm" } as unknown as GenerationSettings;
    const error = await failureOf(textOf(transport.stream(asking("say Hi.", wrong))));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toContain('"temperature" of the request cannot be used. Pass a number from 0.');
    expect(bodies(simulator)).toEqual([]);
  });
});
