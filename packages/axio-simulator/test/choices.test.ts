import { afterAll, beforeAll, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../src/index.ts";
import { post, responsesBody, user } from "./client.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ lackingTools: ["image_generation"] });
});
afterAll(() => simulator.close());

const open = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
const closed = { ...open, additionalProperties: false };
const format = (change: object): Record<string, unknown> => ({
  text: { format: { type: "json_schema", name: "answer", strict: true, schema: closed, ...change } },
});
const named = { type: "function", name: "f" };
const f = { ...named, parameters: { type: "object", properties: {} } };

test.each<[string, Record<string, unknown>, string]>([
  ["a choice of free text", { tool_choice: "sometimes" }, "tool_choice"],
  ["a choice of a missing tool", { tool_choice: named }, "tool_choice"],
  ["a choice of another kind", { tools: [f], tool_choice: { type: "custom", name: "f" } }, "tool_choice"],
  ["a choice of a missing search", { tool_choice: { type: "web_search" } }, "tool_choice"],
  ["a tool that the account lacks", { tools: [{ type: "image_generation" }] }, "tools"],
  ["a format without a name", format({ name: undefined }), "text.format.name"],
  ["an unknown format", format({ type: "xml" }), "text.format.type"],
  ["a format that is not an object", format({ schema: { type: "array" } }), "text.format.schema"],
  ["an open strict format", format({ schema: open }), "text.format.schema"],
])("refuses %s", async (_, change, param) => {
  const answer = await post(simulator, responsesBody([user("say Hi")], change));
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }]);
});

test.each<[string, Record<string, unknown>]>([
  ["a choice of a function", { tools: [f], tool_choice: named }],
  ["a choice of the search", { tools: [{ type: "web_search" }], tool_choice: { type: "web_search" } }],
  ["a strict format", format({})],
  ["an open format that is not strict", format({ strict: false, schema: open })],
])("accepts %s", async (_, change) => {
  const answer = await post(simulator, responsesBody([user("say Hi")], change));
  expect(answer.status).toBe(200);
  await answer.text();
});
