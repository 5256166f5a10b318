import { Agent, type JsonObject, type ObjectSchema, type StreamRequest, type TransportEvent } from "axio";
import { stepEnd, textAnswer, textBlock, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { anyTool, failure, read, transportOf } from "./support.ts";

const recipe = z.object({ title: z.string(), minutes: z.number().int().positive() });

/** Returns an agent whose model sends these responses, one per request. */
function agentSaying(...answers: readonly (readonly TransportEvent[])[]): {
  readonly agent: Agent;
  readonly requests: readonly StreamRequest[];
} {
  const requests: StreamRequest[] = [];
  const transport = transportOf(async function* (request) {
    requests.push(request);
    yield* answers[requests.length - 1] ?? expect.fail("One call too many.");
  });
  return { agent: new Agent({ transport, tools: [anyTool("look", () => "found")] }), requests };
}

describe("structured output", () => {
  test("is an object of the type of the schema", async () => {
    const { agent, requests } = agentSaying(textAnswer('{"title":"Pancakes","minutes":20}'));
    const { object } = await agent.runObject("A recipe", { output: recipe });
    expectTypeOf(object).toEqualTypeOf<{ title: string; minutes: number }>();
    expect(object).toEqual({ title: "Pancakes", minutes: 20 });
    expect(requests[0]?.outputFormat).toMatchObject({
      name: "answer",
      schema: { type: "object", required: ["title", "minutes"] },
    });
  });

  test("is transformed by the schema", async () => {
    const { agent } = agentSaying(textAnswer('{"when":"2026-11-22"}'));
    const schema = z.object({ when: z.string().transform((text) => new Date(text)) });
    expect((await agent.runObject("When?", { output: schema })).object.when.getUTCFullYear()).toBe(2026);
  });

  test("can have a JSON Schema and a name, and be strict", async () => {
    const { agent, requests } = agentSaying(textAnswer('{"a":1}'));
    const schema = { type: "object", properties: { a: { type: "number" } }, required: ["a"] };
    const { object } = await agent.runObject("A", { output: schema, outputName: "result", strict: true });
    expectTypeOf(object).toEqualTypeOf<JsonObject>();
    expect(object).toEqual({ a: 1 });
    expect(requests[0]?.outputFormat).toEqual({ name: "result", schema, strict: true });
  });

  test("is streamed as it grows, after tool calls, without commentary", async () => {
    const { agent } = agentSaying(
      [
        { type: "text-delta", index: 0, delta: "I look. {", phase: "commentary" },
        ...toolAnswer(toolUse("c", "look")),
      ],
      [
        { type: "text-delta", index: 0, delta: '{"title":"Pan' },
        { type: "text-delta", index: 0, delta: 'cakes","minutes":2' },
        { type: "text-delta", index: 0, delta: "0}" },
        {
          type: "block-end",
          index: 0,
          block: { type: "text", text: '{"title":"Pancakes","minutes":20}', phase: "final" },
        },
        stepEnd(),
      ],
    );
    const stream = agent.runStream("A recipe", { output: recipe });
    const { events } = await read(stream);
    expect(events.flatMap((event) => (event.type === "partial-object" ? [event.value] : []))).toEqual([
      { title: "Pan" },
      { title: "Pancakes" },
      { title: "Pancakes", minutes: 20 },
    ]);
    expect(await stream.finalObject()).toEqual({ title: "Pancakes", minutes: 20 });
  });

  test("starts again after a retry", async () => {
    const { agent } = agentSaying([
      ...textBlock('{"title":"Wrong'),
      { type: "retry", attempt: 1, delayMs: 0, error: new Error("cut") as never, discardedBlocks: [0] },
      ...textAnswer('{"title":"Right","minutes":1}'),
    ]);
    const stream = agent.runStream("A recipe", { output: recipe });
    const { events } = await read(stream);
    expect(events.findLast(({ type }) => type === "partial-object")).toMatchObject({
      value: { title: "Right", minutes: 1 },
    });
    expect(await stream.finalObject()).toEqual({ title: "Right", minutes: 1 });
  });

  test.each([
    ["does not fit", textAnswer('{"title":"Pancakes","minutes":-1}'), /minutes: .*\nTry again/],
    ["is not JSON", textAnswer("Pancakes!"), /is not JSON/],
    ["is empty", [stepEnd()], /without text/],
    ["is cut", [...textBlock('{"title":"Pan'), stepEnd("max-output-tokens")], /was cut/],
    ["is a refusal", [...textBlock("I will not."), stepEnd("refusal")], /refused/],
  ])("throws output-mismatch if it %s", async (_what, answer, message) => {
    const { agent } = agentSaying(answer);
    const stream = agent.runStream("A recipe", { output: recipe });
    expect(await failure(stream.finalObject())).toMatchObject({
      code: "output-mismatch",
      retryable: true,
      message: expect.stringMatching(message),
    });
    // The run itself succeeds.
    expect(await stream.finalText()).toBe(await stream.finalText());
  });

  test("has the issues in the details of the error", async () => {
    const { agent } = agentSaying(textAnswer('{"title":1}'));
    const error = await failure(agent.runObject("A recipe", { output: recipe }));
    expect(error).toMatchObject({
      details: { issues: [expect.stringContaining("title"), expect.stringContaining("minutes")] },
    });
  });
});

test("a run without a schema has no object", async () => {
  const { agent } = agentSaying(textAnswer("Hi"));
  expect(await failure(agent.runStream("Hi").finalObject())).toMatchObject({ code: "invalid-argument" });
});

test.each<[string, ObjectSchema, string, RegExp]>([
  ["a list", z.array(z.string()), "answer", /must be an object/],
  ["a type that JSON has not", z.object({ when: z.date() }), "answer", /cannot be converted to JSON Schema/],
  ["a name with a space", recipe, "my answer", /not a valid outputName/],
])("rejects %s", (_what, output, outputName, message) => {
  const { agent } = agentSaying();
  expect(() => agent.runStream("A", { output, outputName })).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) }),
  );
});
