import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ChatGPTSimulator, startChatGPTSimulator } from "../src/index.ts";
import { register } from "./chatgpt-client.ts";
import { eventsOf, user } from "./client.ts";
import { FIXTURES } from "./fixtures.ts";
import { openAISchema } from "./openai-schema.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator({ autoApprove: true });
});
afterEach(() => simulator.close());

const read = {
  type: "function",
  name: "read",
  description: "Reads",
  strict: false,
  parameters: { type: "object", properties: {} },
};
const wrapped = [{ type: "namespace", name: "files", description: "Files", tools: [read] }];

/** A body that passes every check. */
function planBody(script: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model: "gpt-6.1-sol",
    input: [user(script)],
    tools: wrapped,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "low", summary: "auto" },
    store: false,
    stream: true,
    ...change,
  };
}

function post(body: unknown, token = simulator.issueTokens().accessToken): Promise<Response> {
  return fetch(`${simulator.apiBaseUrl}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
}

const SCRIPT = 'think hm\nsay Grüße 👋\ncall read {"path":"a"}';

describe("the official SDK", () => {
  test("streams text, reasoning and a call of a namespace with the token of a sign-in", async () => {
    const { tokens } = await register(simulator);
    const client = new OpenAI({ baseURL: simulator.apiBaseUrl, apiKey: tokens.access_token, maxRetries: 0 });
    const body = planBody(SCRIPT) as Parameters<OpenAI["responses"]["stream"]>[0];
    const final = await client.responses.stream(body).finalResponse();
    expect(final.output_text).toBe("Grüße 👋");
    expect(final.output.map(({ type }) => type)).toEqual(["reasoning", "message", "function_call"]);
    expect(final.output[2]).toMatchObject({ name: "read", namespace: "files" });
    expect(simulator.violations).toEqual([]);
  });
});

describe.skipIf(FIXTURES === undefined)("against OpenAI's own schema (skipped without the fixtures)", () => {
  test("every event is valid", async () => {
    const problemsOf = await openAISchema(FIXTURES ?? "");
    const events = await eventsOf(await post(planBody(SCRIPT)));
    expect(events.length).toBeGreaterThan(10);
    for (const event of events) expect(problemsOf(event), JSON.stringify(event)).toEqual([]);
  });
});
