import { expect, it } from "vitest";
import { OpenAITransport } from "../src/edge.ts";
import { asking, collect, failureOf, simulate, textOf } from "./support.ts";

it("asks the function for a key again after a 401, and tries another key at once", async () => {
  const simulator = await simulate();
  const keys = ["sk-proj-expired-key", simulator.apiKey];
  const { baseUrl } = simulator;
  const transport = new OpenAITransport({
    baseUrl,
    model: "gpt-4.1",
    apiKey: () => keys.shift() ?? simulator.apiKey,
  });
  expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
  const [first, ...others] = simulator.requests.map(({ status }) => status);
  expect([first, new Set(others)]).toEqual([401, new Set([200])]);
});

it("reports a key that stays rejected, and an error of the function", async () => {
  const { baseUrl } = await simulate();
  const rejected = new OpenAITransport({ baseUrl, model: "gpt-4.1", apiKey: "sk-proj-unknown-key" });
  expect(await failureOf(collect(rejected.stream(asking("say Hello"))))).toMatchObject({
    code: "unauthenticated",
  });
  const failing = new OpenAITransport({
    baseUrl,
    model: "gpt-4.1",
    apiKey: () => Promise.reject(new Error("no token server")),
  });
  expect(await failureOf(collect(failing.stream(asking("say Hello"))))).toMatchObject({
    code: "unauthenticated",
    message: expect.stringContaining("no token server"),
  });
});

it("uses a preset, and reads no key of the environment", () => {
  expect(new OpenAITransport({ server: "openrouter", model: "a/b" }).name).toBe("OpenRouter");
  expect(() => new OpenAITransport({ server: "nowhere" as "openai" })).toThrow(
    /There is no server "nowhere"/,
  );
});
