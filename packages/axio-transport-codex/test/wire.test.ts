import { Agent, defineTool, MemoryContextStore } from "axio";
import { DEFAULT_ACCOUNTS } from "axio-simulator";
import { readApiSchema } from "test-support/api-schema";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { CLIENT_VERSION, VERSION } from "../src/config.ts";
import { CodexTransport } from "../src/index.ts";
import { asking, collect, connection, requestsTo, simulate, transportTo } from "./support.ts";

const lookup = defineTool({
  name: "lookup",
  description: "Looks up.",
  inputSchema: { type: "object", properties: { q: { type: "string" } }, required: ["q"] },
  execute: ({ q }) => `found ${String(q)}`,
});

const SCRIPT = 'think hm\nsay I look.\ncall lookup {"q":"a"}\ncall lookup {"q":"b"}\nthen\nsay {{result 1}}';

/** Three runs with reasoning and tools: five requests. */
async function conversation(transport: CodexTransport): Promise<MemoryContextStore> {
  const agent = new Agent({ transport, system: "You are a test.", tools: [lookup] });
  const context = new MemoryContextStore();
  for (const prompt of [SCRIPT, "say Grüße 👋", SCRIPT]) await agent.run(prompt, { context });
  return context;
}

describe("a conversation on the wire", () => {
  test("the headers state client, account and conversation", async () => {
    const simulator = await simulate();
    const context = await conversation(transportTo(simulator));
    const requests = requestsTo(simulator, "/responses");
    expect(requests).toHaveLength(5);
    for (const { headers } of requests) {
      expect(headers).toMatchObject({
        "chatgpt-account-id": DEFAULT_ACCOUNTS[0]?.id,
        originator: "axio",
        version: CLIENT_VERSION,
        "session-id": context.id,
        "thread-id": context.id,
        "x-client-request-id": context.id,
        accept: "text/event-stream",
        "content-type": "application/json",
        "user-agent": expect.stringMatching(new RegExp(`^axio/${VERSION} \\(`)),
      });
      expect(headers).not.toHaveProperty("x-openai-fedramp");
    }
  });

  test("repeats the turn state within its run only", async () => {
    const simulator = await simulate();
    await conversation(transportTo(simulator));
    expect(simulator.complaints).toEqual([]);
    const states = requestsTo(simulator, "/responses").map(({ headers }) => headers["x-codex-turn-state"]);
    expect(states).toEqual([
      undefined,
      expect.stringMatching(/^ts_/),
      undefined,
      undefined,
      expect.stringMatching(/^ts_/),
    ]);
  });

  test("each request begins with the bytes of the previous one, so that the cache is found", async () => {
    const simulator = await simulate();
    await conversation(transportTo(simulator));
    const bodies = requestsTo(simulator, "/responses").map(({ body }) => body);
    for (const [index, body] of bodies.slice(1).entries()) {
      // Without the brackets that close `input` and the body.
      const before = bodies[index]?.slice(0, -2) ?? "";
      expect(body.slice(0, before.length), `request ${index + 2}`).toBe(before);
    }
  });

  test("cache hits are in the usage", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    const agent = new Agent({ transport });
    const context = new MemoryContextStore();
    await agent.run(`say ${"long ".repeat(500)}`, { context });
    const { usage } = await agent.run("say Hi", { context });
    expect(usage.cachedInputTokens).toBeGreaterThan(0);
  });

  test("a conversation id that the backend rejects is replaced, always in the same way", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    const conversationId = `Gespräch ${"x".repeat(100)}`;
    await collect(transport.stream(asking("say Hi", { conversationId })));
    await collect(transport.stream(asking("say Hi", { conversationId })));
    const keys = requestsTo(simulator, "/responses").map(({ headers, json }) => [
      headers["session-id"],
      (json as Record<string, unknown>)["prompt_cache_key"],
    ]);
    const [[key] = []] = keys;
    expect(key).toMatch(/^[\w-]{1,64}$/);
    expect(keys).toEqual([
      [key, key],
      [key, key],
    ]);
  });

  test("the option conversationId has priority", async () => {
    const simulator = await simulate();
    await collect(transportTo(simulator, { conversationId: "mine" }).stream(asking("say Hi")));
    expect(requestsTo(simulator, "/responses")[0]?.headers["session-id"]).toBe("mine");
  });

  test("every body fits OpenAI's schema", needs(RECORDINGS), async () => {
    const simulator = await simulate();
    await conversation(transportTo(simulator, { reasoning: { effort: "low" }, verbosity: "low" }));
    const schema = readApiSchema();
    for (const { json } of requestsTo(simulator, "/responses")) {
      expect(schema.faultsOf("CreateResponse", json as object)).toBe("");
    }
  });
});

test("options are in the body", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, {
    model: "gpt-5.6-sol",
    reasoning: { effort: "ultra", summary: "detailed" },
    verbosity: "high",
    serviceTier: "priority",
    originator: "my_app",
  });
  await collect(transport.stream(asking("say Hi")));
  const [request] = requestsTo(simulator, "/responses");
  expect(request?.status).toBe(200);
  expect(request?.headers["originator"]).toBe("my_app");
  expect(request?.json).toMatchObject({
    model: "gpt-5.6-sol",
    reasoning: { effort: "max", summary: "detailed" },
    text: { verbosity: "high" },
    service_tier: "priority",
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
  });
});

test("a model without reasoning gets no reasoning options", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { model: { id: "gpt-5.5", capabilities: ["text"] } });
  await collect(transport.stream(asking("say Hi")));
  expect(requestsTo(simulator, "/responses")[0]?.json).not.toHaveProperty("reasoning");
});

test("requests of a government account state it", async () => {
  const [account = expect.fail("The simulator has no account.")] = DEFAULT_ACCOUNTS;
  const simulator = await simulate({ accounts: [{ ...account, fedramp: true }] });
  await collect(transportTo(simulator).stream(asking("say Hi")));
  expect(requestsTo(simulator, "/responses")[0]?.headers["x-openai-fedramp"]).toBe("true");
});

test("the list of models and the rate limits are requested with the same headers", async () => {
  const simulator = await simulate();
  const transport = new CodexTransport({ ...connection(simulator), baseUrl: `${simulator.baseUrl}/` });
  await transport.fetchModels();
  await transport.fetchRateLimits();
  expect(simulator.requests.map(({ path, status }) => [path, status])).toEqual([
    ["/backend-api/codex/models", 200],
    ["/backend-api/wham/usage", 200],
  ]);
  expect(simulator.requests[0]?.query.get("client_version")).toBe(CLIENT_VERSION);
});

describe("the rate limits of the account", () => {
  const windows = [
    { usedPercent: 12, windowMs: 300 * 60_000, resetsAt: expect.any(Number) },
    { usedPercent: 40, windowMs: 10_080 * 60_000, resetsAt: expect.any(Number) },
  ];

  test("come with each response, all families, the account's own first", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    const [first] = await collect(transport.stream(asking("say Hi")));
    expect(first).toMatchObject({
      type: "rate-limits",
      rateLimits: {
        plan: "plus",
        credits: { hasCredits: false, unlimited: false },
        limits: [
          { id: "codex", windows },
          { id: expect.stringContaining("bengalfox"), name: "Simulator special" },
        ],
      },
    });
    expect(transport.rateLimits).toEqual(first?.type === "rate-limits" ? first.rateLimits : undefined);
  });

  test("are the same on request", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    const usage = await transport.fetchRateLimits();
    expect(usage).toMatchObject({ plan: "plus", limits: [{ id: "codex", windows }] });
    expect(transport.rateLimits).toBe(usage);
  });

  test("an empty value counts as missing", async () => {
    const simulator = await simulate();
    simulator.rateLimits = { ...simulator.rateLimits, primary: undefined, secondary: undefined };
    const transport = transportTo(simulator);
    await collect(transport.stream(asking("say Hi")));
    expect(transport.rateLimits?.credits).toEqual({ hasCredits: false, unlimited: false });
    expect(transport.rateLimits?.limits.map(({ id }) => id)).not.toContain("codex");
  });
});
