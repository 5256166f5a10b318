import { readFile } from "node:fs/promises";
import { join } from "node:path";
import OpenAI from "openai";
import { FIXTURES } from "test-support/fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../src/index.ts";
import { eventsOf, itemsOf, post, responsesBody, signedIn, user } from "./client.ts";
import { openAISchema, withoutEndTurn } from "./openai-schema.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator(!RECORDINGS.isMet ? {} : { replayDirectory: join(FIXTURES, "responses") });
});
afterAll(() => simulator.close());

const scripts = {
  text: "say Grüße, 世界 👋 — and a rather long second half of the sentence.",
  reasoning: "think **Plan**\\n\\nFirst this, then that.\nsay Done.",
  calls: 'say I look.\ncall read {"path":"a"}\ncall lookup {"q":"ü"}',
  "custom tool": "call patch *** Begin Patch",
  refusal: "refuse I will not do that.",
  search: "search the weather\nsay It rains.",
  "no directives": "What are you?",
  empty: "wait 1ms",
  compaction: "",
};

const tools = [
  {
    type: "function",
    name: "read",
    description: "Reads",
    strict: false,
    parameters: { type: "object", properties: {} },
  },
  { type: "custom", name: "patch", description: "Patches", format: { type: "text" } },
  {
    type: "namespace",
    name: "search",
    description: "Searching",
    tools: [
      { type: "function", name: "lookup", strict: false, parameters: { type: "object", properties: {} } },
    ],
  },
];

function bodyFor(name: string, script: string): Record<string, unknown> {
  const input = name === "compaction" ? [user("say x"), { type: "compaction_trigger" }] : [user(script)];
  return responsesBody(input, { tools });
}

describe("against OpenAI's own schema", needs(RECORDINGS), () => {
  let problemsOf: Awaited<ReturnType<typeof openAISchema>>;
  beforeAll(async () => {
    problemsOf = await openAISchema(FIXTURES);
  });

  test.each(Object.entries(scripts))("every event of the script `%s` is valid", async (name, script) => {
    const events = await eventsOf(await post(simulator, bodyFor(name, script)));
    for (const event of events) {
      expect(problemsOf(withoutEndTurn(event)), JSON.stringify(event)).toEqual([]);
    }
  });
});

describe("the order of a stream", () => {
  test.each(Object.entries(scripts))(
    "`%s` is numbered without a gap and ends with completed",
    async (name, script) => {
      const events = await eventsOf(await post(simulator, bodyFor(name, script)));
      expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, index) => index));
      expect(events.map(({ type }) => type).slice(0, 2)).toEqual([
        "response.created",
        "response.in_progress",
      ]);
      expect(events.at(-1)).toMatchObject({
        type: "response.completed",
        response: { output: itemsOf(events) },
      });
    },
  );

  test("every item of a response is added, filled and done at its own index", async () => {
    const events = await eventsOf(await post(simulator, bodyFor("calls", scripts.calls)));
    const places = (type: string): unknown[] =>
      events.filter((event) => event.type === type).map((event) => event["output_index"]);
    expect(places("response.output_item.added")).toEqual([0, 1, 2]);
    expect(places("response.output_item.done")).toEqual([0, 1, 2]);
    expect(itemsOf(events).map((item) => item["namespace"])).toEqual([undefined, undefined, "search"]);
  });

  test("every delta is padded to the same length", async () => {
    const events = await eventsOf(await post(simulator, bodyFor("calls", scripts.calls)));
    const deltas = events.filter(({ type }) => type.endsWith(".delta"));
    expect(deltas.length).toBeGreaterThan(2);
    const lengths = deltas.map((event) => `${event["delta"]}${event["obfuscation"]}`.length);
    expect(new Set(lengths)).toEqual(new Set([16]));
  });

  test("the request is echoed in full", async () => {
    const [created] = await eventsOf(await post(simulator, bodyFor("text", scripts.text)));
    expect(created?.["response"]).toMatchObject({
      instructions: "Be brief.",
      tools,
      model: "gpt-5.5",
      prompt_cache_key: "session-1",
    });
  });
});

describe("the official SDK", () => {
  function client(): OpenAI {
    const tokens = simulator.issueCredentials();
    return new OpenAI({
      baseURL: simulator.baseUrl,
      apiKey: tokens.accessToken,
      defaultHeaders: signedIn(tokens),
    });
  }

  test("streams text, reasoning and tool calls", async () => {
    const body = responsesBody([user('think hm\nsay Hello world\ncall read {"path":"a"}')], { tools });
    const stream = client().responses.stream(body as Parameters<OpenAI["responses"]["stream"]>[0]);
    const final = await stream.finalResponse();
    expect(final.output_text).toBe("Hello world");
    expect(final.output.map(({ type }) => type)).toEqual(["reasoning", "message", "function_call"]);
    expect(final.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
  });

  test("reads the code of an error status", async () => {
    simulator.faults.add("usage_limit_reached");
    const body = responsesBody([user("say hi")]) as unknown as OpenAI.Responses.ResponseCreateParamsStreaming;
    const created = client().responses.create(body, { maxRetries: 0 });
    await expect(created).rejects.toMatchObject({ status: 429, type: "usage_limit_reached" });
  });
});

describe("replay", needs(RECORDINGS), () => {
  test("sends a recorded stream unchanged", async () => {
    const events = await eventsOf(await post(simulator, responsesBody([user("replay openai-error.1")])));
    const text = await readFile(join(FIXTURES, "responses/openai-error.1.jsonl"), "utf8");
    const lines = text.trim().split("\n");
    expect(events).toEqual(lines.map((line) => JSON.parse(line)));
  });

  test("reads no file outside the directory", async () => {
    const answer = await post(simulator, responsesBody([user("replay ../README.md")]));
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("is not the name of a file"),
    ]);
  });
});
