import {
  Agent,
  type AxioError,
  defineTool,
  imageGenerationTool,
  type JsonObject,
  userMessage,
  webSearchTool,
} from "axio";
import type { FetchLike } from "axio-http";
import type { ChatGPTSimulator } from "axio-simulator";
import { describe, expect, test } from "vitest";
import { ChatGPTTransport, type ChatGPTTransportOptions } from "../src/index.ts";
import { asking, bodies, collect, connection, failureOf, issued, simulate, textOf } from "./support.ts";

const weather = defineTool({
  name: "weather",
  description: "Tells the weather.",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  execute: async () => "sunny",
});

function transportTo(simulator: Awaited<ReturnType<typeof simulate>>, options: ChatGPTTransportOptions = {}) {
  const warnings: AxioError[] = [];
  const transport = new ChatGPTTransport({
    ...connection(simulator),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  return { transport, warnings };
}

/** Returns the `input` of a request. */
function inputOf(simulator: ChatGPTSimulator, index: number): readonly JsonObject[] {
  return (bodies(simulator)[index]?.["input"] ?? []) as readonly JsonObject[];
}

describe("a request", () => {
  test("has what is documented, and nothing else", async () => {
    const simulator = await simulate();
    const { transport } = transportTo(simulator);
    expect(
      await textOf(transport.stream(asking("say Hello", { tools: [weather], conversationId: "c1" }))),
    ).toBe("Hello");
    const [body] = bodies(simulator);
    expect(body).toMatchObject({
      model: "gpt-5.5",
      store: false,
      stream: true,
      include: ["reasoning.encrypted_content"],
      instructions: "You are a test.",
      tools: [{ type: "namespace", name: "functions", tools: [{ type: "function", name: "weather" }] }],
      input: [{ type: "message", role: "user" }],
    });
    expect(Object.keys(body ?? {}).sort()).toEqual(
      [
        "include",
        "input",
        "instructions",
        "model",
        "prompt_cache_key",
        "reasoning",
        "store",
        "stream",
        "tools",
      ].filter((name) => name in (body ?? {})),
    );
    const sent = simulator.requests.find(({ path }) => path === "/v1/responses")?.headers ?? {};
    expect(sent["authorization"]).toMatch(/^Bearer /);
    expect(sent["user-agent"]).toMatch(/^axio-transport-chatgpt\//);
    for (const name of ["originator", "chatgpt-account-id", "session-id", "openai-organization"])
      expect(sent).not.toHaveProperty(name);
  });

  // It is not documented whether a call states its namespace.
  test.each([
    ["names", "functions"],
    ["does not name", undefined],
  ])(
    "replays a call that %s its namespace, and runs the tool under its own name",
    async (_name, namespace) => {
      const simulator = await simulate();
      const naming: FetchLike = async (input, init) => {
        const answer = await fetch(input, init);
        const call = '"type":"function_call"';
        const text = await answer.text();
        const named =
          namespace === undefined ? text : text.replaceAll(call, `${call},"namespace":"${namespace}"`);
        return new Response(named, { status: answer.status, headers: answer.headers });
      };
      const { transport } = transportTo(simulator, { fetch: naming });
      const agent = new Agent({ transport, tools: [weather] });
      const prompt = 'call weather {"city":"Rome"}\nthen\nsay It is sunny.';
      expect((await agent.run(prompt)).text).toBe("It is sunny.");
      const call = inputOf(simulator, 1).find(({ type }) => type === "function_call");
      expect(call).toMatchObject({ name: "weather" });
      expect(call?.["namespace"]).toBe(namespace);
    },
  );

  test("a response without a content type is accepted, one with another type is not", async () => {
    const simulator = await simulate();
    const typed =
      (contentType?: string): FetchLike =>
      async (input, init) => {
        const answer = await fetch(input, init);
        const headers = new Headers(answer.headers);
        headers.delete("content-type");
        if (contentType !== undefined) headers.set("content-type", contentType);
        return new Response(answer.body, { status: answer.status, headers });
      };
    const untyped = transportTo(simulator, { fetch: typed() }).transport;
    expect(await textOf(untyped.stream(asking("say Hello")))).toBe("Hello");
    const page = transportTo(simulator, { fetch: typed("text/html"), retry: { maxRetries: 0 } }).transport;
    expect(await failureOf(collect(page.stream(asking("say Hello"))))).toMatchObject({ code: "protocol" });
  });

  test("offers web search, and omits tools that the API does not run", async () => {
    const simulator = await simulate();
    const { transport, warnings } = transportTo(simulator);
    const tools = [weather, webSearchTool(), imageGenerationTool()];
    for (const _ of [1, 2]) await collect(transport.stream(asking("say Hello", { tools })));
    expect(warnings).toMatchObject([{ code: "unsupported-parameter", details: { parameter: "tools" } }]);
    expect(bodies(simulator)[0]?.["tools"]).toMatchObject([{ type: "namespace" }, { type: "web_search" }]);
    const strict = transportTo(simulator, { strict: true }).transport;
    expect(await failureOf(collect(strict.stream(asking("say Hello", { tools }))))).toMatchObject({
      code: "unsupported-parameter",
    });
  });

  test("omits rejected parameters with a warning, or fails with strict", async () => {
    const simulator = await simulate();
    const parameters = { temperature: 0.5, top_p: 1, max_output_tokens: 10, store: true };
    const { transport, warnings } = transportTo(simulator, { parameters });
    await collect(transport.stream(asking("say Hello")));
    expect(warnings.map(({ details }) => details.parameter)).toEqual(Object.keys(parameters));
    expect(() => transportTo(simulator, { parameters, strict: true })).toThrow("temperature");
  });

  test("omits items of other routes, and sends their images as the user's", async () => {
    const simulator = await simulate();
    const { transport } = transportTo(simulator);
    const responses = (item: object) => ({ responses: { item: { ...item } } }) as never;
    await collect(
      transport.stream({
        ...asking(""),
        messages: [
          userMessage("Draw a cat."),
          {
            role: "assistant",
            content: [
              {
                type: "opaque",
                kind: "local_shell_call",
                providerData: responses({ type: "local_shell_call" }),
              },
              {
                type: "image",
                mediaType: "image/png",
                source: { kind: "base64", data: "iVBORw0KGgo=" },
                providerData: responses({ type: "image_generation_call", id: "ig_1", result: "" }),
              },
            ],
          },
          userMessage("say Nice"),
        ],
      }),
    );
    const types = inputOf(simulator, 0).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(["message"]));
    expect(JSON.stringify(inputOf(simulator, 0))).toContain("input_image");
  });

  test("is never sent to the ChatGPT backend", () => {
    expect(() => new ChatGPTTransport({ baseUrl: "https://chatgpt.com/backend-api/codex" })).toThrow(
      "backend",
    );
  });
});

describe("undocumented parameters", () => {
  const outputFormat = {
    name: "answer",
    schema: {
      type: "object",
      properties: { ok: { type: "boolean" } },
      required: ["ok"],
      additionalProperties: false,
    },
  } as const;

  test("are omitted after the service rejected them, with one warning", async () => {
    const simulator = await simulate({ unknowns: "strict" });
    const { transport, warnings } = transportTo(simulator, { verbosity: "low" });
    const request = asking('say {"ok":true}', { outputFormat, tools: [weather], toolChoice: "required" });
    expect(await textOf(transport.stream(request))).toBe('{"ok":true}');
    expect(warnings.map(({ details }) => details.parameter).sort()).toEqual([
      "text.format",
      "text.verbosity",
      "tool_choice",
    ]);
    const told = bodies(simulator).at(-1)?.["instructions"];
    expect(told).toContain("JSON Schema");
    const count = bodies(simulator).length;
    await collect(transport.stream(request));
    expect(bodies(simulator)).toHaveLength(count + 1);
    expect(warnings).toHaveLength(3);
  });

  test("are sent if the service accepts them", async () => {
    const simulator = await simulate({ unknowns: "lenient" });
    const { transport, warnings } = transportTo(simulator, { verbosity: "low" });
    await collect(transport.stream(asking('say {"ok":true}', { outputFormat })));
    expect(bodies(simulator)).toMatchObject([
      { text: { verbosity: "low", format: { type: "json_schema" } } },
    ]);
    expect(warnings).toEqual([]);
  });

  test("are an error with strict", async () => {
    const simulator = await simulate({ unknowns: "strict" });
    const { transport } = transportTo(simulator, { verbosity: "low", strict: true });
    expect(await failureOf(collect(transport.stream(asking("say Hello"))))).toMatchObject({
      code: "unsupported-parameter",
      details: { parameter: "text.verbosity" },
    });
  });
});

describe("models", () => {
  test("are those of the account, in its order", async () => {
    const simulator = await simulate();
    const { transport } = transportTo(simulator);
    const models = await transport.fetchModels();
    expect(models.ids()).toEqual([
      "gpt-6-astra",
      "gpt-5.6-sol",
      "gpt-5.6-terra",
      "gpt-5.6-luna",
      "gpt-5.5",
      "gpt-5.2",
    ]);
    expect(models.get("gpt-5.5")).toMatchObject({ displayName: "GPT-5.5", contextWindow: 272_000 });
  });

  test("default to the first of the list, and one that is not on it can be named", async () => {
    const simulator = await simulate();
    const { model: _, ...options } = connection(simulator);
    const transport = new ChatGPTTransport(options);
    await collect(transport.stream(asking("say Hello")));
    expect(bodies(simulator)[0]?.["model"]).toBe("gpt-6-astra");
    const named = new ChatGPTTransport({ ...options, model: "gpt-6.1-sol" });
    expect(await textOf(named.stream(asking("say Hello")))).toBe("Hello");
  });

  test("that the account lacks are an error that names those that it has", async () => {
    const simulator = await simulate();
    const { transport } = transportTo(simulator, { model: "gpt-9" });
    expect(await failureOf(collect(transport.stream(asking("say Hello"))))).toMatchObject({
      code: "model-not-supported",
      message: expect.stringContaining("gpt-5.5"),
    });
  });
});

describe("a rejected token", () => {
  test("is refreshed once, and the call repeated", async () => {
    const simulator = await simulate();
    const { transport } = transportTo(simulator);
    simulator.expireAccessTokens();
    expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
    expect(simulator.stats.refreshes).toBe(1);
  });

  test("of a user who disconnected the app ends the sign-in", async () => {
    const simulator = await simulate();
    const options = connection(simulator);
    const transport = new ChatGPTTransport(options);
    simulator.disconnect();
    expect(await failureOf(collect(transport.stream(asking("say Hello"))))).toMatchObject({
      code: "refresh-token-revoked",
    });
    expect(await options.credentials.load()).toMatchObject({ accessToken: "", clientId: expect.any(String) });
  });

  test("with an unknown user is not refreshed", async () => {
    const simulator = await simulate();
    const { transport } = transportTo(simulator);
    const error = await failureOf(
      collect(transport.stream(asking("fail status code=subscription_sharing_invalid_user status=401"))),
    );
    expect(error.details.requestId).toBeDefined();
    expect(error.code).toBe("forbidden");
    expect(simulator.stats.refreshes).toBe(0);
  });
});

test("a sign-in without plan use sends no request to the API", async () => {
  const simulator = await simulate();
  const transport = new ChatGPTTransport(connection(simulator, issued(simulator, { identityOnly: true })));
  expect(await failureOf(collect(transport.stream(asking("say Hello"))))).toMatchObject({
    code: "not-entitled",
  });
  expect(simulator.requests).toEqual([]);
});
