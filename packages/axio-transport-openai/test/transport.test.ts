import {
  Agent,
  type AxioError,
  defineTool,
  type JsonObject,
  type StreamRequest,
  type TransportEvent,
} from "axio";
import { readApiSchema } from "test-support/api-schema";
import { requestJudge } from "test-support/chat-fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import {
  AzureOpenAITransport,
  NebiusTransport,
  OpenAITransport,
  OpenRouterTransport,
  ServerTransport,
} from "../src/index.ts";
import { asking, bodies, collect, failureOf, simulate, textOf, transportTo } from "./support.ts";

const TOOL = {
  name: "clock",
  description: "Tells the time",
  inputSchema: {
    type: "object",
    properties: { zone: { type: "string" } },
    required: ["zone"],
    additionalProperties: false,
  },
} as const;

function stepEnd(events: readonly TransportEvent[]): Extract<TransportEvent, { type: "step-end" }> {
  const last = events.at(-1);
  if (last?.type !== "step-end") throw new Error("There is no step-end.");
  return last;
}

describe("the Responses API with a key", () => {
  test("stores nothing and sends nothing that only Codex knows, unless asked", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator, { model: "gpt-6.2-sol" });
    await collect(transport.stream(asking("say Hi", { conversationId: "c-1", tools: [TOOL] })));
    const [request] = simulator.requests.filter(({ path }) => path === "/v1/responses");
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${simulator.apiKey}` });
    expect(Object.keys(request?.headers ?? {}).join()).not.toMatch(/originator|session|account/);
    expect(bodies(simulator)[0]).toMatchObject({
      store: false,
      prompt_cache_key: "c-1",
      include: ["reasoning.encrypted_content"],
    });
  });

  test("has the options of the public API", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator, {
      model: "gpt-6.2-sol",
      store: true,
      maxOutputTokens: 500,
      parallelToolCalls: false,
      promptCacheRetention: "24h",
      safetyIdentifier: "user-hash",
      serviceTier: "flex",
      verbosity: "low",
      reasoning: { effort: "high", summary: "auto" },
      organization: "org-1",
      project: "proj-1",
      headers: { "X-Trace": "1" },
      extraBody: { metadata: { a: "b" } },
    });
    await collect(transport.stream(asking("say Hi", { tools: [TOOL] })));
    expect(bodies(simulator)[0]).toMatchObject({
      store: true,
      max_output_tokens: 500,
      parallel_tool_calls: false,
      prompt_cache_retention: "24h",
      safety_identifier: "user-hash",
      service_tier: "flex",
      text: { verbosity: "low" },
      reasoning: { effort: "high", summary: "auto" },
      metadata: { a: "b" },
    });
    expect(simulator.requests.at(-1)?.headers).toMatchObject({
      "openai-organization": "org-1",
      "openai-project": "proj-1",
      "x-trace": "1",
    });
  });

  test("a kept response is continued by its id", async () => {
    const simulator = await simulate();
    const first = transportTo(simulator, { store: true });
    const { responseId } = stepEnd(await collect(first.stream(asking("say One"))));
    const next = transportTo(simulator, { store: true, previousResponseId: responseId });
    expect(await textOf(next.stream(asking("say Two")))).toBe("Two");
    expect(bodies(simulator).at(-1)).toMatchObject({ previous_response_id: responseId });
  });

  test("a summary that the organization may not have is left out, and the response comes", async () => {
    const simulator = await simulate();
    const warnings: AxioError[] = [];
    const sent: unknown[] = [];
    const transport = transportTo(simulator, {
      model: "gpt-6.2-sol",
      onWarning: (warning) => warnings.push(warning),
      fetch: async (input, init) => {
        const { reasoning } = JSON.parse(String(init?.body));
        sent.push(reasoning);
        const message = "Your organization must be verified to generate reasoning summaries.";
        const error = {
          message,
          type: "invalid_request_error",
          param: "reasoning.summary",
          code: "unsupported_value",
        };
        return reasoning === undefined ? fetch(input, init) : Response.json({ error }, { status: 400 });
      },
    });
    for (const _ of [1, 2]) expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    expect(sent).toEqual([{ summary: "auto" }, undefined, undefined]);
    expect(warnings).toHaveLength(1);
  });

  test("reasoning goes back to the account and the model that it came from, and to no other", async () => {
    const simulator = await simulate();
    const ask = async (model: string, apiKey: string, messages: StreamRequest["messages"]) =>
      collect(transportTo(simulator, { model, apiKey }).stream(asking("", { messages })));
    const user = (text: string) => ({ role: "user", content: [{ type: "text", text }] }) as const;
    const events = await ask("gpt-6.2-sol", simulator.apiKey, [user("think Hm\nsay Ah")]);
    const blocks = events.flatMap((event) => (event.type === "block-end" ? [event.block] : []));
    const history = [
      user("think Hm\nsay Ah"),
      { role: "assistant", content: blocks } as const,
      user("say Go"),
    ];
    await ask("gpt-6.2-sol", simulator.apiKey, history);
    await ask("gpt-6.1-sol", simulator.apiKey, history);
    await ask("gpt-6.2-sol", simulator.issueKey(), history);
    const sent = bodies(simulator).map(({ input }) => JSON.stringify(input).includes("encrypted_content"));
    expect(sent).toEqual([false, true, false, false]);
  });

  test("tokens are counted by the service", async () => {
    const replies: JsonObject[] = [];
    const transport = new OpenAITransport({
      apiKey: "sk-proj-0123456789abcdef",
      model: "gpt-6.2-sol",
      fetch: async (input, init) => {
        replies.push({ url: String(input), body: JSON.parse(String(init?.body)) });
        return Response.json({ object: "response.input_tokens", input_tokens: 11 });
      },
    });
    expect(await transport.countTokens(asking("Hi"))).toBe(11);
    expect(replies).toMatchObject([{ url: "https://api.openai.com/v1/responses/input_tokens" }]);
    expect(replies[0]?.["body"]).not.toHaveProperty("store");
    expect(replies[0]?.["body"]).not.toHaveProperty("stream");
  });

  test.each([["background"], ["conversation"]])("%s is not sent, and reported", async (parameter) => {
    const simulator = await simulate();
    const warnings: AxioError[] = [];
    const transport = transportTo(simulator, {
      extraBody: { [parameter]: true },
      onWarning: (warning) => warnings.push(warning),
    });
    expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    expect(warnings).toMatchObject([{ code: "unsupported-parameter", details: { parameter } }]);
    expect(bodies(simulator)[0]).not.toHaveProperty(parameter);
  });
});

describe("every body for OpenAI fits its own description", needs(RECORDINGS), () => {
  const requests: readonly (readonly [string, Partial<StreamRequest>])[] = [
    ["text", {}],
    ["tools", { tools: [TOOL], toolChoice: "required" }],
    ["a schema", { outputFormat: { name: "answer", schema: { type: "object", properties: {} } } }],
    ["a conversation", { conversationId: "c 1" }],
  ];
  test.each(requests)("%s, on Chat Completions", async (_name, rest) => {
    const simulator = await simulate();
    const transport = transportTo(simulator, { api: "chat", maxOutputTokens: 100, serviceTier: "auto" });
    await collect(transport.stream(asking("say Hi", rest)));
    expect(requestJudge()(bodies(simulator)[0])).toBe("");
  });
  test.each(requests)("%s, on the Responses API", async (_name, rest) => {
    const simulator = await simulate();
    const transport = transportTo(simulator, { maxOutputTokens: 100, serviceTier: "auto", store: true });
    await collect(transport.stream(asking("say Hi", rest)));
    expect(readApiSchema().faultsOf("CreateResponse", bodies(simulator)[0] ?? {})).toBe("");
  });
});

describe("usage and prices", () => {
  test.each(["responses", "chat"] as const)(
    "a response over %s has its price, if the prices are known",
    async (api) => {
      const simulator = await simulate();
      const transport = transportTo(simulator, { api, model: "gpt-4.1" });
      const { usage } = stepEnd(await collect(transport.stream(asking("say Hi"))));
      expect(usage.costUsd).toBeCloseTo((usage.inputTokens * 2 + usage.outputTokens * 8) / 1e6, 12);
      const unknown = stepEnd(await collect(transport.stream(asking("say Hi", { model: "gpt-5.5" }))));
      expect(unknown.usage.costUsd).toBeUndefined();
      // The price of another tier is another one.
      const flex = transportTo(simulator, { api, model: "gpt-4.1", serviceTier: "flex" });
      expect(stepEnd(await collect(flex.stream(asking("say Hi")))).usage.costUsd).toBeUndefined();
    },
  );

  test("a run has the price of all its steps", async () => {
    const simulator = await simulate();
    const agent = new Agent({
      transport: transportTo(simulator),
      tools: [defineTool({ ...TOOL, execute: async () => "noon" })],
    });
    const { usage, steps } = await agent.run('call clock {"zone":"UTC"}\nthen\nsay It is {{result 1}}.');
    expect(steps).toBe(2);
    expect(usage.costUsd).toBeGreaterThan(0);
  });

  test("OpenRouter states the price itself", async () => {
    const chunk = { choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] };
    const usage = { prompt_tokens: 5, completion_tokens: 1, cost: 0.25 };
    const transport = new OpenRouterTransport({
      apiKey: "sk-or-v1-0123456789",
      model: "a/b",
      fetch: async () =>
        new Response(
          `data: ${JSON.stringify(chunk)}\n\ndata: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
          {
            headers: { "content-type": "text/event-stream" },
          },
        ),
    });
    expect(stepEnd(await collect(transport.stream(asking("Hi")))).usage.costUsd).toBe(0.25);
  });
});

describe("rate limits", () => {
  test.each(["responses", "chat"] as const)(
    "of the headers are reported with each response over %s",
    async (api) => {
      const simulator = await simulate();
      simulator.rateLimits = {
        requests: { limit: 100, remaining: 25, resetMs: 90_000 },
        tokens: { limit: 1000, remaining: 500, resetMs: 12 },
      };
      const transport = transportTo(simulator, { api });
      const before = Date.now();
      const [first] = await collect(transport.stream(asking("say Hi")));
      expect(first).toMatchObject({
        type: "rate-limits",
        rateLimits: {
          limits: [
            { id: "requests", windows: [{ usedPercent: 75 }] },
            { id: "tokens", windows: [{ usedPercent: 50 }] },
          ],
        },
      });
      const resetsAt = transport.rateLimits?.limits[0]?.windows[0]?.resetsAt ?? 0;
      expect(resetsAt - before).toBeGreaterThanOrEqual(90_000);
      expect(resetsAt - before).toBeLessThan(150_000);
    },
  );

  test.each(["responses", "chat"] as const)("of money are never retried over %s", async (api) => {
    const simulator = await simulate();
    simulator.faults.add("insufficient_quota", { target: api, times: 9 });
    const transport = transportTo(simulator, { api, retry: { maxRetries: 5, baseDelayMs: 1 } });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect(error).toMatchObject({ code: "usage-limit", retryable: false });
    expect(bodies(simulator)).toHaveLength(1);
  });

  test.each(["responses", "chat"] as const)(
    "of rate are retried over %s, after the time that the server asks for",
    async (api) => {
      const simulator = await simulate();
      simulator.faults.add(
        { name: "rate_limit_ms", parameters: { "retry-after-ms": "1" } },
        { target: api, times: 2 },
      );
      expect(await textOf(transportTo(simulator, { api }).stream(asking("say Hi")))).toBe("Hi");
      expect(bodies(simulator)).toHaveLength(3);
    },
  );
});

describe("models", () => {
  test("OpenAI's list has conversations only, with facts, and the newest first", async () => {
    const simulator = await simulate();
    const models = await transportTo(simulator).fetchModels();
    expect(models.ids()[0]).toBe("gpt-6.2-sol");
    expect(models.ids().join()).not.toMatch(/embedding|realtime|tts|dall-e|whisper/);
    expect(models.get("gpt-6.2-sol")).toMatchObject({
      contextWindow: 1_050_000,
      efforts: ["low", "medium", "high", "xhigh", "max"],
      cost: { inputPerMillion: 2, cachedInputPerMillion: 0.1, longContext: { aboveTokens: 272_000 } },
    });
    expect(models.get("o1-mini").contextWindow).toBeUndefined();
  });

  test("the list is requested once while it is valid", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    await transport.fetchModels();
    await transport.fetchModels();
    expect(simulator.requests.filter(({ path }) => path === "/v1/models")).toHaveLength(1);
  });

  test("OpenRouter tells windows, modalities, tools and prices", async () => {
    const simulator = await simulate({ dialect: "openrouter" });
    const transport = new OpenRouterTransport({ baseUrl: simulator.baseUrl, apiKey: simulator.apiKey });
    const models = await transport.fetchModels();
    const spec = models.get("anthropic/claude-sonnet-5.5");
    expect(spec.capabilities).toEqual(expect.arrayContaining(["tool-use", "reasoning"]));
    expect(spec.contextWindow).toBeGreaterThan(0);
    expect(spec.cost?.inputPerMillion).toBeGreaterThan(0);
  });

  test("at Nebius the first model that uses tools is the default", async () => {
    const simulator = await simulate({ dialect: "nebius" });
    const transport = new NebiusTransport({ baseUrl: simulator.baseUrl, apiKey: simulator.apiKey });
    expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    expect(simulator.requests[0]?.path).toBe("/v1/models");
    expect(bodies(simulator)[0]?.["model"]).toBe(transport.models.ids()[0]);
  });

  test("a server without a list works, with the model that the caller names", async () => {
    const simulator = await simulate({ dialect: "llama.cpp" });
    simulator.faults.add("not_found", { target: "models", times: 9 });
    const transport = new ServerTransport({
      server: "llamacpp",
      baseUrl: simulator.baseUrl,
      model: "gpt-oss-20b",
    });
    expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    expect((await transport.fetchModels()).ids()).toEqual(["gpt-oss-20b"]);
  });

  test("an unknown model works with text and tools", async () => {
    const simulator = await simulate();
    const transport = transportTo({ ...simulator }, { server: undefined, model: "o1-mini" });
    expect(transport.model).toMatchObject({ id: "o1-mini", capabilities: ["text", "tool-use"] });
  });
});

describe("a base URL without a server", () => {
  test.each([
    ["https://openrouter.ai/api/v1", "OpenRouter"],
    ["https://api.groq.com/openai/v1", "Groq"],
    ["https://my-resource.openai.azure.com", "Azure OpenAI"],
    ["http://localhost:11434", "Ollama"],
    ["http://127.0.0.1:1234/v1", "LM Studio"],
    ["https://llm.example.com/v1", "llm.example.com"],
  ])("%s is %s", (baseUrl, name) => {
    expect(new OpenAITransport({ baseUrl, apiKey: "key-0123456789" }).name).toBe(name);
  });

  test("an unknown server gets only what every server accepts", async () => {
    const simulator = await simulate({ dialect: "groq" });
    const transport = new ServerTransport({
      baseUrl: simulator.baseUrl,
      apiKey: simulator.apiKey,
      model: "openai/gpt-oss-120b",
    });
    await collect(transport.stream(asking("say Hi", { tools: [TOOL], conversationId: "c-1" })));
    expect(Object.keys(bodies(simulator)[0] ?? {}).sort()).toEqual([
      "messages",
      "model",
      "stream",
      "stream_options",
      "tools",
    ]);
  });
});

describe("Azure", () => {
  test.each([
    [{ resource: "my-resource" }, "https://my-resource.openai.azure.com/openai/v1/responses"],
    [
      { baseUrl: "https://my-resource.openai.azure.com/" },
      "https://my-resource.openai.azure.com/openai/v1/responses",
    ],
    [
      {
        baseUrl:
          "https://my-resource.openai.azure.com/openai/deployments/d1/chat/completions?api-version=2024-10-21",
        api: "chat",
      },
      "https://my-resource.openai.azure.com/openai/deployments/d1/chat/completions?api-version=2024-10-21",
    ],
    [
      { baseUrl: "https://my-resource.openai.azure.com/openai/v1", apiVersion: "preview" },
      "https://my-resource.openai.azure.com/openai/v1/responses?api-version=preview",
    ],
  ] as const)("%j sends to %s, with the key in its own header", async (options, expected) => {
    const sent: { readonly url: string; readonly headers: Headers }[] = [];
    const transport = new AzureOpenAITransport({
      ...options,
      apiKey: "0123456789abcdef",
      model: "d1",
      retry: { maxRetries: 0 },
      fetch: async (input, init) => {
        sent.push({ url: String(input), headers: new Headers(init?.headers as Record<string, string>) });
        return new Response("", { status: 500 });
      },
    });
    await failureOf(collect(transport.stream(asking("Hi"))));
    expect(sent.map(({ url }) => url)).toEqual([expected]);
    expect(sent[0]?.headers.get("api-key")).toBe("0123456789abcdef");
    expect(sent[0]?.headers.get("authorization")).toBeNull();
  });
});
