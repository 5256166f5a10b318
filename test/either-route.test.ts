import { Agent, defineTool, MemoryContextStore } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import { startSimulator } from "axio-simulator";
import { ChatGPTTransport } from "axio-transport-chatgpt";
import { CodexTransport } from "axio-transport-codex";
import { issued, simulate } from "test-support/chatgpt-simulator";
import { expect, onTestFinished, test } from "vitest";

/** The options that both transports accept. */
type Connection = ConstructorParameters<typeof CodexTransport>[0] &
  ConstructorParameters<typeof ChatGPTTransport>[0];

// Only the class differs.
async function example(
  Transport: new (options: Connection) => CodexTransport | ChatGPTTransport,
  connection: Connection,
): Promise<{ readonly text: string; readonly models: readonly string[] }> {
  using transport = new Transport({
    ...connection,
    model: "gpt-5.5",
    reasoning: { effort: "high", summary: "auto" },
    retry: { maxRetries: 2, baseDelayMs: 1 },
    deadlineMs: 20_000,
    onWarning: (warning) => expect.fail(warning.message),
  });
  const add = defineTool({
    name: "add",
    description: "Adds two numbers.",
    inputSchema: {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"],
    },
    execute: async ({ a, b }) => String(Number(a) + Number(b)),
  });
  const agent = new Agent({ transport, system: "You add.", tools: [add] });
  const { text } = await agent.run('call add {"a":1,"b":2}\nthen\nsay It is {{result 1}}.');
  return { text, models: (await transport.fetchModels()).ids() };
}

test("a conversation continues on the other route, without data that only the first can read", async () => {
  const codex = await startSimulator();
  onTestFinished(() => codex.close());
  const plan = await simulate();
  const transports = [
    new CodexTransport({
      credentials: new MemoryCredentialStore(codex.issueCredentials()),
      baseUrl: codex.baseUrl,
      issuer: codex.issuer,
      model: "gpt-5.5",
      retry: { maxRetries: 0 },
    }),
    new ChatGPTTransport({
      credentials: new MemoryCredentialStore(issued(plan)),
      baseUrl: plan.apiBaseUrl,
      issuer: plan.issuer,
      model: "gpt-5.5",
      retry: { maxRetries: 0 },
    }),
  ];
  const context = new MemoryContextStore();
  for (const transport of [...transports, ...transports]) {
    expect((await new Agent({ transport }).run("think of it\nsay Yes", { context })).text).toBe("Yes");
  }
  const reasoningCounts = (
    requests: readonly { readonly path: string; readonly json: unknown }[],
  ): number[] =>
    requests
      .filter(({ path }) => path.endsWith("/responses"))
      .map(
        ({ json }) =>
          (json as { input: { type: string }[] }).input.filter(({ type }) => type === "reasoning").length,
      );
  // Each route receives only its own reasoning.
  expect(reasoningCounts(codex.requests)).toEqual([0, 1]);
  expect(reasoningCounts(plan.requests)).toEqual([0, 1]);
});

test("one program runs on both routes", async () => {
  const codex = await startSimulator();
  onTestFinished(() => codex.close());
  const plan = await simulate();
  const byCodex = await example(CodexTransport, {
    credentials: new MemoryCredentialStore(codex.issueCredentials()),
    baseUrl: codex.baseUrl,
    issuer: codex.issuer,
  } as Connection);
  const byPlan = await example(ChatGPTTransport, {
    credentials: new MemoryCredentialStore(issued(plan)),
    baseUrl: plan.apiBaseUrl,
    issuer: plan.issuer,
  } as Connection);
  expect([byCodex.text, byPlan.text]).toEqual(["It is 3.", "It is 3."]);
  expect(byPlan.models.every((id) => byCodex.models.includes(id))).toBe(true);
});
