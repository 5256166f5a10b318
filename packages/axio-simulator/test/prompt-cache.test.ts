import { expect, onTestFinished, test } from "vitest";
import { type AnthropicSimulator, startAnthropicSimulator } from "../src/index.ts";
import { type InputUsage, messagesBody, postMessages } from "./messages-client.ts";

const LONG = "word ".repeat(800);
const mark = { cache_control: { type: "ephemeral" } };
const text = (value: string, rest: object = {}): object => ({ type: "text", text: value, ...rest });

async function start(now: () => number = Date.now): Promise<AnthropicSimulator> {
  const simulator = await startAnthropicSimulator({ now });
  onTestFinished(() => simulator.close());
  return simulator;
}

async function usageOf(simulator: AnthropicSimulator, rest: Record<string, unknown>): Promise<InputUsage> {
  const response = await postMessages(simulator, messagesBody("say Hi", { stream: false, ...rest }));
  const { usage } = (await response.json()) as { usage: InputUsage };
  return usage;
}

test("a marked prefix is written, and then read until five minutes after its last use", async () => {
  let now = 0;
  const simulator = await start(() => now);
  const body = { system: [text(LONG, mark)] };
  const first = await usageOf(simulator, body);
  expect(first.cache_creation_input_tokens).toBeGreaterThan(900);
  expect(first.cache_read_input_tokens).toBe(0);
  now = 200_000;
  const second = await usageOf(simulator, body);
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  expect(second.cache_creation_input_tokens).toBe(0);
  now = 450_000;
  expect((await usageOf(simulator, body)).cache_read_input_tokens).toBeGreaterThan(0);
  now = 800_000;
  expect((await usageOf(simulator, body)).cache_read_input_tokens).toBe(0);
});

test("an hour is told apart from five minutes", async () => {
  let now = 0;
  const simulator = await start(() => now);
  const hour = { cache_control: { type: "ephemeral", ttl: "1h" } };
  const body = { system: [text(LONG, hour), text(LONG, mark)] };
  const { cache_creation: written } = await usageOf(simulator, body);
  expect(written["ephemeral_1h_input_tokens"]).toBeGreaterThan(900);
  expect(written["ephemeral_5m_input_tokens"]).toBeGreaterThan(900);
  now = 1_000_000;
  const later = await usageOf(simulator, body);
  expect(later.cache_read_input_tokens).toBe(written["ephemeral_1h_input_tokens"]);
});

test("nothing below the smallest prefix of the model is kept", async () => {
  const simulator = await start();
  const body = { model: "claude-opus-4-6", system: [text(LONG, mark)] };
  await usageOf(simulator, body);
  const second = await usageOf(simulator, body);
  expect(second.cache_read_input_tokens + second.cache_creation_input_tokens).toBe(0);
});

test.each<[string, Record<string, unknown>, boolean]>([
  ["other marks", { system: [text(LONG), text("End.", mark)] }, true],
  ["another tool", { tools: [{ name: "f", input_schema: { type: "object" } }] }, false],
  ["another system prompt", { system: [text(`x${LONG}`), text("End.", mark)] }, false],
  ["another model", { model: "claude-fable-5-2" }, false],
])("%s: the entry is found: %s", async (_, change, isFound) => {
  const simulator = await start();
  const body = { system: [text(LONG, mark), text("End.", mark)] };
  await usageOf(simulator, body);
  const { cache_read_input_tokens: read } = await usageOf(simulator, { ...body, ...change });
  expect(read > 0).toBe(isFound);
});

test("a turn of more than twenty blocks leaves the window", async () => {
  const simulator = await start();
  const turn = (blocks: number): object[] => [
    { role: "user", content: [text(LONG, blocks === 0 ? mark : {})] },
    ...(blocks === 0
      ? []
      : [
          { role: "assistant", content: Array.from({ length: blocks }, (_, index) => text(`a${index}`)) },
          { role: "user", content: [text("say Hi", mark)] },
        ]),
  ];
  await usageOf(simulator, { messages: turn(0) });
  const near = await usageOf(simulator, { messages: turn(18) });
  expect(near.cache_read_input_tokens).toBeGreaterThan(900);
  const far = await usageOf(simulator, { messages: turn(40) });
  expect(far.cache_read_input_tokens).toBe(0);
});

test("the automatic mark is on the last block", async () => {
  const simulator = await start();
  const body = { system: LONG, ...mark };
  const first = await usageOf(simulator, body);
  expect(first.cache_creation_input_tokens).toBeGreaterThan(900);
  expect(first.input_tokens).toBe(0);
  expect((await usageOf(simulator, body)).cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
});
