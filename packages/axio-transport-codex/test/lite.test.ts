import { Agent, defineTool, isJsonObject, MemoryContextStore } from "axio";
import { expect, test } from "vitest";
import { requestsTo, simulate, transportTo } from "./support.ts";

const LITE_HEADER = "x-openai-internal-codex-responses-lite";
const TOOL_PROMPT = 'think I run it\ncall run {"command":"x"}\nthen\nsay It printed {{result 1}}';

const run = defineTool({
  name: "run",
  description: "Runs a command.",
  inputSchema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
  execute: () => "42",
});

test.each(["gpt-5.6-sol", "gpt-6.1-sol"])("%s runs tools in the lite form", async (model) => {
  const simulator = await simulate();
  const agent = new Agent({
    system: "Be brief.",
    tools: [run],
    transport: transportTo(simulator, { model }),
  });
  expect((await agent.run(TOOL_PROMPT)).text).toBe("It printed 42");
  const requests = requestsTo(simulator, "/responses");
  expect(requests).toHaveLength(2);
  for (const { headers, json } of requests) {
    expect(headers[LITE_HEADER]).toBe("true");
    expect(json).not.toHaveProperty("instructions");
    expect(json).not.toHaveProperty("tools");
  }
});

test("the account's list decides, not the model's name", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator);
  await transport.fetchModels();
  const model = { ...transport.models.get("gpt-6.1-sol"), providerData: { use_responses_lite: false } };
  await new Agent({ transport }).run("say Hi", { model });
  const [request] = requestsTo(simulator, "/responses");
  expect(request?.headers).not.toHaveProperty(LITE_HEADER);
  expect(request?.json).toMatchObject({ instructions: expect.any(String), tools: [] });
});

test.each(["gpt-5.5", "gpt-6.1-sol"])(
  "%s: with tools, each request begins with the bytes of the previous one",
  async (model) => {
    const simulator = await simulate();
    const transport = transportTo(simulator, { model });
    const agent = new Agent({ system: "Be brief.", tools: [run], transport });
    const context = new MemoryContextStore();
    for (const prompt of [TOOL_PROMPT, "say Hi", TOOL_PROMPT]) await agent.run(prompt, { context });
    const bodies = requestsTo(simulator, "/responses").map(({ body }) => body.replace(/\]\}$/, ""));
    expect(bodies).toHaveLength(5);
    for (const [index, body] of bodies.entries()) {
      expect(body.startsWith(bodies[index - 1] ?? "")).toBe(true);
    }
  },
);

test("a call in a namespace is run, and sent back with its namespace", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, {
    model: "gpt-6.1-sol",
    // Like the service, the simulator omits the namespace. It is added here.
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      const text = await response.text();
      return new Response(text.replaceAll('"name":"run"', '"name":"run","namespace":"functions"'), response);
    },
  });
  const agent = new Agent({ system: "Be brief.", tools: [run], transport });
  expect((await agent.run(TOOL_PROMPT)).text).toBe("It printed 42");
  const { json } = requestsTo(simulator, "/responses").at(-1) ?? {};
  const input = isJsonObject(json) && Array.isArray(json["input"]) ? json["input"].filter(isJsonObject) : [];
  expect(input.find(({ type }) => type === "function_call")).toMatchObject({
    name: "run",
    namespace: "functions",
  });
});
