import { Agent, AxioError, type CompletionTransport, type StreamEvent } from "axio";
import { ScriptedTransport, textAnswer, withFaults } from "axio/testing";
import { expect, it } from "vitest";

function answers(...texts: readonly string[]): ScriptedTransport {
  return new ScriptedTransport(texts.map((text) => textAnswer(text)));
}

async function outcome(transport: CompletionTransport): Promise<string> {
  try {
    return (await new Agent({ transport }).run("Hi")).text;
  } catch (error) {
    return AxioError.is(error) ? `${error.code} ${error.retryable} ${error.retryAfterMs ?? ""}`.trim() : "?";
  }
}

it("fails the first calls with a code, without a request", async () => {
  const transport = answers("Hello.");
  const faulty = withFaults(transport, [
    { code: "overloaded", times: 2, retryAfterMs: 50 },
    { code: "usage-limit" },
  ]);
  const outcomes = [
    await outcome(faulty),
    await outcome(faulty),
    await outcome(faulty),
    await outcome(faulty),
  ];
  expect(outcomes).toEqual(["overloaded true 50", "overloaded true 50", "usage-limit false", "Hello."]);
  expect(transport.requests).toHaveLength(1);
});

it("drops the connection after a number of events", async () => {
  const faulty = withFaults(answers("One two three.", "One."), [{ afterEvents: 2 }, { afterEvents: 99 }]);
  const events: StreamEvent[] = [];
  const stream = new Agent({ transport: faulty }).runStream("Hi");
  await expect(async () => {
    for await (const event of stream) events.push(event);
  }).rejects.toMatchObject({ code: "stream-truncated", retryable: true });
  expect(events.map(({ type }) => type)).toEqual(["text-delta", "text-delta", "error", "run-end"]);
  expect(await outcome(faulty)).toBe("stream-truncated true");
});

it("delays with the clock of the test", async () => {
  const slept: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds);
  const faulty = withFaults(answers("One two."), [{ delayMs: 60_000, eventDelayMs: 7 }], { sleep });
  expect(await outcome(faulty)).toBe("One two.");
  expect(slept).toEqual([60_000, 7, 7, 7, 7]);
});

it("ends a delay if the signal fires", async () => {
  const faulty = withFaults(answers("One."), [{ delayMs: 600_000 }]);
  const controller = new AbortController();
  const run = new Agent({ transport: faulty }).run("Hi", { signal: controller.signal });
  controller.abort();
  await expect(run).rejects.toMatchObject({ code: "aborted" });
});

it("refuses a negative count", () => {
  expect(() => withFaults(answers(), [{ afterEvents: -1 }])).toThrow(/afterEvents of a fault is -1/);
});

it("names the settings that its transport does not send", () => {
  const unsupported = [
    new AxioError("unsupported-parameter", "Omit it.", { details: { parameter: "topK" } }),
  ];
  const transport = Object.assign(answers(), { unsupportedSettings: () => unsupported });
  const request = { system: "", messages: [], tools: [], topK: 4 };
  expect(withFaults(transport, []).unsupportedSettings?.(request)).toBe(unsupported);
});

it("keeps the models of its transport", async () => {
  const transport = answers("One.");
  const faulty = withFaults(transport, []);
  expect(faulty.models).toBe(transport.models);
  expect(await faulty.fetchModels?.()).toBe(transport.models);
});
