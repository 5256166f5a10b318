import { afterAll, beforeAll, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../src/index.ts";
import { eventsOf, post, responsesBody, textOf, user } from "./client.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const headers = { "x-openai-internal-codex-responses-lite": "true" };
const developer = {
  type: "message",
  role: "developer",
  content: [{ type: "input_text", text: "Be brief." }],
};
const tool = { type: "function", name: "f", parameters: { type: "object", properties: {} } };
const base = {
  model: "gpt-6.1-sol",
  instructions: undefined,
  tools: undefined,
  parallel_tool_calls: false,
  reasoning: { context: "all_turns" },
};

function additional(tools: readonly unknown[], role = "developer"): unknown {
  return { type: "additional_tools", role, tools };
}

test("accepts a lite request", async () => {
  const input = [
    additional([{ type: "namespace", name: "functions", description: "", tools: [tool] }]),
    developer,
    user("say Hello"),
  ];
  const answer = await post(simulator, responsesBody(input, base), headers);
  expect(textOf(await eventsOf(answer))).toBe("Hello");
});

test.each<[string, Record<string, unknown>, readonly unknown[], string]>([
  ["instructions", { instructions: "Be brief." }, [], "instructions"],
  ["a list of tools", { tools: [] }, [], "tools"],
  ["parallel calls", { parallel_tool_calls: true }, [], "parallel_tool_calls"],
  ["another reasoning context", { reasoning: { context: "auto" } }, [], "reasoning.context"],
  ["no reasoning context", { reasoning: undefined }, [], "reasoning.context"],
  ["tools of the user", {}, [additional([], "user")], "input[0].role"],
  ["a function without its namespace", {}, [additional([tool])], "input[0].tools"],
  [
    "an image with its detail",
    {},
    [
      {
        role: "user",
        content: [{ type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "auto" }],
      },
    ],
    "input[0][0]",
  ],
])("refuses a lite request with %s", async (_, change, items, param) => {
  const body = responsesBody([...items, developer, user("say Hello")], { ...base, ...change });
  const answer = await post(simulator, body, headers);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { param } });
});
