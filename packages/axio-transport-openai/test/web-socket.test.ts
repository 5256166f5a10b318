import { Agent, type AxioError, defineTool, MemoryContextStore } from "axio";
import type { OpenAISimulator } from "axio-simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  AzureOpenAITransport,
  OpenAITransport,
  ServerTransport,
  type ServerTransportOptions,
} from "../src/index.ts";
import { asking, bodies, callsTo, collect, failureOf, simulate, textOf, transportTo } from "./support.ts";

const lookup = defineTool({
  name: "lookup",
  description: "Looks up.",
  inputSchema: { type: "object", properties: { q: { type: "string" } } },
  execute: () => "found",
});
const PROMPT = 'think I look\nsay I look.\ncall lookup {"q":"x"}\nthen\nsay It was {{result 1}}';

/** Returns a transport to a simulator, and its warnings. */
function connect(
  simulator: OpenAISimulator,
  options: ServerTransportOptions,
): { readonly transport: ServerTransport; readonly warnings: readonly AxioError[] } {
  const warnings: AxioError[] = [];
  const transport = transportTo(simulator, {
    model: "gpt-5.5",
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  onTestFinished(() => transport.close());
  return { transport, warnings };
}

/** How the requests for responses came: `GET` is a rejected upgrade. */
function methods(simulator: OpenAISimulator): readonly string[] {
  return callsTo(simulator).map(({ method }) => method);
}

function upgrades({ requests }: OpenAISimulator): number {
  return requests.filter(({ method, status }) => method === "GET" && status === 101).length;
}

/** The number of input items of each request, and whether it continues a response. */
function sizes(simulator: OpenAISimulator): readonly (readonly [number, boolean])[] {
  return bodies(simulator).map(({ input, previous_response_id: previous }) => [
    Array.isArray(input) ? input.length : 0,
    previous !== undefined,
  ]);
}

describe("over a WebSocket", () => {
  test("a conversation has one connection, on which each message has only what is new", async () => {
    const simulator = await simulate();
    const { transport, warnings } = connect(simulator, { transport: "websocket" });
    const agent = new Agent({ system: "Be brief.", tools: [lookup], transport });
    const context = new MemoryContextStore();
    expect((await agent.run(PROMPT, { context })).text).toBe("It was found");
    expect((await agent.run("say Bye", { context })).text).toBe("Bye");
    expect([upgrades(simulator), methods(simulator)]).toEqual([1, ["MESSAGE", "MESSAGE", "MESSAGE"]]);
    expect(sizes(simulator)).toEqual([
      [1, false],
      [1, true],
      [1, true],
    ]);
    for (const body of bodies(simulator)) {
      expect(body).toMatchObject({ type: "response.create", store: false });
      expect(body).not.toHaveProperty("stream");
    }
    expect(warnings).toEqual([]);
  });

  test("an upgrade has the key and the headers of every request, and nothing of Codex", async () => {
    const simulator = await simulate();
    const { transport } = connect(simulator, {
      transport: "websocket",
      organization: "org-1",
      headers: { "X-Trace": "1" },
    });
    await textOf(transport.stream(asking("say Hi")));
    const headers = simulator.requests.find(({ method }) => method === "GET")?.headers ?? {};
    expect(headers).toMatchObject({
      authorization: `Bearer ${simulator.apiKey}`,
      "openai-organization": "org-1",
      "x-trace": "1",
    });
    expect(Object.keys(headers).join()).not.toMatch(/originator|session|account|openai-beta/);
  });

  test("an upgrade at Azure has its key header, and the query of its URL", async () => {
    const simulator = await simulate({ dialect: "azure" });
    const warnings: AxioError[] = [];
    const transport = new AzureOpenAITransport({
      baseUrl: simulator.baseUrl,
      apiVersion: "preview",
      apiKey: simulator.apiKey,
      model: "gpt-5.5",
      transport: "websocket",
      onWarning: (warning) => warnings.push(warning),
    });
    onTestFinished(() => transport.close());
    const context = new MemoryContextStore();
    const agent = new Agent({ tools: [lookup], transport });
    expect((await agent.run(PROMPT, { context })).text).toBe("It was found");
    const [upgrade] = simulator.requests;
    expect(upgrade).toMatchObject({ method: "GET", path: "/v1/responses" });
    expect(String(upgrade?.query)).toBe("api-version=preview");
    expect(upgrade?.headers).toHaveProperty("api-key", simulator.apiKey);
    expect(upgrade?.headers).not.toHaveProperty("authorization");
    expect([upgrades(simulator), sizes(simulator), warnings]).toEqual([
      1,
      [
        [1, false],
        [1, true],
      ],
      [],
    ]);
  });

  test("a server without it gets HTTP from then on, with one warning", async () => {
    const simulator = await simulate({ webSocket: false });
    const { transport, warnings } = connect(simulator, { transport: "auto" });
    for (const _ of [1, 2]) expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    expect(methods(simulator)).toEqual(["GET", "POST", "POST"]);
    expect(warnings).toMatchObject([{ code: "network" }]);
  });

  test("auto leaves a fetch option, and Chat Completions, alone", async () => {
    const simulator = await simulate();
    const own = connect(simulator, { transport: "auto", fetch: (input, init) => fetch(input, init) });
    const chat = connect(simulator, { transport: "auto", api: "chat", model: "gpt-4.1" });
    for (const { transport } of [own, chat])
      expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    expect(methods(simulator)).toEqual(["POST", "POST"]);
  });

  test("a key that the server rejects is one error, without the key in it", async () => {
    const simulator = await simulate();
    const { transport, warnings } = connect(simulator, {
      transport: "websocket",
      apiKey: "sk-proj-wrong-0123456789",
    });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect(error.code).toBe("unauthenticated");
    expect(JSON.stringify(error)).not.toContain("wrong-0123456789");
    expect([methods(simulator), warnings]).toEqual([["GET"], []]);
  });

  test.each<[ServerTransportOptions, RegExp]>([
    [{ transport: "websocket", api: "chat" }, /needs the Responses API/],
    [{ server: "ollama", transport: "websocket" }, /needs the Responses API/],
    [{ transport: "ws" as "websocket", api: "chat" }, /Choose "sse", "websocket" or "auto"/],
    [{ transport: "ws" as "websocket" }, /Choose "sse", "websocket" or "auto"/],
  ])("%j is refused", (options, message) => {
    const create = (): unknown =>
      new ServerTransport({ server: "openai", apiKey: "sk-proj-0123456789", ...options });
    expect(create).toThrow(message);
  });
});

describe.each(["sse", "websocket"] as const)("with kept responses, over %s", (channel) => {
  test("a conversation sends only what is new, also after its connection", async () => {
    const simulator = await simulate();
    const { transport } = connect(simulator, { transport: channel, store: true });
    const context = new MemoryContextStore();
    const agent = new Agent({ system: "Be brief.", tools: [lookup], transport });
    expect((await agent.run(PROMPT, { context })).text).toBe("It was found");
    // Another system prompt, and a cut connection: the server still has the conversation.
    const other = new Agent({ system: "Be kind.", tools: [lookup], transport });
    simulator.faults.add("reset_before_headers");
    expect((await other.run("say Bye", { context })).text).toBe("Bye");
    expect(sizes(simulator)).toEqual([
      [1, false],
      [1, true],
      [1, true],
      [1, true],
    ]);
    expect(bodies(simulator).at(-1)).toMatchObject({ instructions: "Be kind.", store: true });
  });

  test("conversations do not mix, and a changed history is sent whole", async () => {
    const simulator = await simulate();
    const { transport } = connect(simulator, { transport: channel, store: true });
    const agent = new Agent({ transport });
    const [one, two] = [new MemoryContextStore(), new MemoryContextStore()];
    await agent.run("say One", { context: one });
    await agent.run("say Two", { context: two });
    await agent.run("say Three", { context: one });
    await one.compact([], 2);
    await agent.run("say Four", { context: one });
    expect(sizes(simulator)).toEqual([
      [1, false],
      [1, false],
      [1, true],
      [3, false],
    ]);
  });

  test("what the server no longer has is sent whole, invisibly and without a retry", async () => {
    const simulator = await simulate();
    const retries: unknown[] = [];
    const { transport } = connect(simulator, {
      transport: channel,
      store: true,
      retry: { maxRetries: 0 },
      onRetry: (retry) => retries.push(retry),
    });
    const context = new MemoryContextStore();
    const agent = new Agent({ transport });
    await agent.run("say One", { context });
    simulator.faults.add("previous_response_not_found", { times: channel === "websocket" ? 2 : 1 });
    expect((await agent.run("say Two", { context })).text).toBe("Two");
    expect(sizes(simulator).at(-1)).toEqual([3, false]);
    expect(retries).toEqual([]);
  });
});

test("an organization that keeps nothing gets whole requests soon", async () => {
  const simulator = await simulate({ zeroDataRetention: true });
  const { transport } = connect(simulator, { store: true });
  const context = new MemoryContextStore();
  const agent = new Agent({ transport });
  for (const text of ["One", "Two", "Three", "Four"])
    expect((await agent.run(`say ${text}`, { context })).text).toBe(text);
  expect(sizes(simulator)).toEqual([
    [1, false],
    [1, true],
    [3, false],
    [1, true],
    [5, false],
    [7, false],
  ]);
});

test("without store, a request over HTTP holds the whole conversation", async () => {
  const simulator = await simulate();
  const { transport } = connect(simulator, {});
  const context = new MemoryContextStore();
  const agent = new Agent({ transport });
  for (const text of ["One", "Two"]) await agent.run(`say ${text}`, { context });
  expect(sizes(simulator)).toEqual([
    [1, false],
    [3, false],
  ]);
});

test("a kept response of the caller that the server does not have is an error, and not retried", async () => {
  const simulator = await simulate();
  const { transport } = connect(simulator, { store: true, previousResponseId: "resp_unknown" });
  const error = await failureOf(collect(transport.stream(asking("say Hi"))));
  expect([error.code, error.retryable]).toEqual(["invalid-request", false]);
  expect(methods(simulator)).toEqual(["POST"]);
});

test("OpenAITransport has the option too", async () => {
  const simulator = await simulate();
  using transport = new OpenAITransport({
    baseUrl: simulator.baseUrl,
    apiKey: simulator.apiKey,
    api: "responses",
    model: "gpt-5.5",
    transport: "websocket",
  });
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  expect(methods(simulator)).toEqual(["MESSAGE"]);
});
