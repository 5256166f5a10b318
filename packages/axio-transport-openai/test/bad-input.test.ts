import { createServer } from "node:http";
import { Agent, type AxioError, type Block, MemoryContextStore, userMessage } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import { freePort } from "test-support/free-port";
import { listenForTest } from "test-support/local-server";
import { describe, expect, test } from "vitest";
import {
  AzureOpenAITransport,
  OpenAITransport,
  OpenRouterTransport,
  type ServerApi,
  ServerTransport,
  type ServerTransportOptions,
} from "../src/index.ts";
import { asking, bodies, collect, failureOf, simulate, textOf, transportTo } from "./support.ts";

const APIS: readonly ServerApi[] = ["responses", "chat"];
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const NO_KEY = { credentials: new MemoryCredentialStore<{ readonly apiKey: string }>() };

/** A server that responds to everything in the same way. */
async function serverThat(status: number, type: string, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, type === "" ? {} : { "content-type": type }).end(body);
  });
  const origin = await listenForTest(server);
  return `${origin}/v1`;
}

/** The error of a call. */
function errorOf(options: ServerTransportOptions, prompt = "Hi"): Promise<AxioError> {
  const transport = new ServerTransport({ model: "gpt-4.1", retry: { maxRetries: 0 }, ...options });
  return failureOf(collect(transport.stream(asking(prompt))));
}

describe.each(APIS)("over %s", (api) => {
  test("a request without a key is not sent, and the error says how to get one", async () => {
    const simulator = await simulate();
    const error = await errorOf({ server: "openai", api, baseUrl: simulator.baseUrl, ...NO_KEY });
    expect(error.code).toBe("unauthenticated");
    expect(error.message).toContain("axio-openai login");
    expect(error.message).toContain("OPENAI_API_KEY");
    expect(simulator.requests).toEqual([]);
  });

  test.each([
    ["unknown", () => "sk-proj-unknown0123456789"],
    ["revoked", (key: string) => key],
  ])("a key that is %s is one error, after one request, and does not appear in it", async (state, keyOf) => {
    const simulator = await simulate();
    const apiKey = keyOf(simulator.apiKey);
    if (state === "revoked") simulator.revokeKey(apiKey);
    const error = await errorOf({ server: "openai", api, baseUrl: simulator.baseUrl, apiKey, retry: {} });
    expect(error).toMatchObject({ code: "unauthenticated", retryable: false, details: { status: 401 } });
    expect(error.message).toContain("Check the key");
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain(apiKey);
    expect(bodies(simulator)).toHaveLength(1);
  });

  test("a key that was stored since is used after a 401", async () => {
    const simulator = await simulate();
    const credentials = new MemoryCredentialStore({ apiKey: "sk-proj-old0123456789" });
    const transport = transportTo(simulator, { api, apiKey: undefined, credentials });
    await failureOf(collect(transport.stream(asking("say Hi"))));
    await credentials.update(async () => ({ apiKey: simulator.apiKey }));
    expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  });

  test("a key with blanks, line breaks and quotes around it works", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator, { api, apiKey: ` "${simulator.apiKey}"\r\n` });
    expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  });

  test("a model that does not exist is an error that names those of the account", async () => {
    const simulator = await simulate();
    const error = await failureOf(
      collect(transportTo(simulator, { api }).stream(asking("say Hi", { model: "gpt-9" }))),
    );
    expect(error.code).toBe("model-not-supported");
    expect(error.details).toMatchObject({ models: expect.arrayContaining(["gpt-4.1"]) });
  });

  test("a context that is too long is an error that says to compact", async () => {
    const simulator = await simulate();
    // On Chat Completions, the simulator counts itself.
    if (api === "responses") simulator.faults.add("context_length", { target: "responses" });
    const error = await failureOf(
      collect(transportTo(simulator, { api, model: "gpt-4o" }).stream(asking("word ".repeat(150_000)))),
    );
    expect(error).toMatchObject({ code: "context-length", retryable: false });
    expect(error.message).toContain("Compact");
  });

  test("a parameter that the server does not know is an error that names it", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator, { api, extraBody: { temprature: 1 } });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect(error).toMatchObject({ code: "unsupported-parameter", details: { parameter: "temprature" } });
  });

  test("a parameter that the transport sets itself is not replaced, with a warning, or an error if strict", async () => {
    const simulator = await simulate();
    const warnings: AxioError[] = [];
    const own = api === "chat" ? { messages: [] } : { input: [] };
    const transport = transportTo(simulator, {
      api,
      extraBody: { ...own, stream: false },
      onWarning: (warning) => warnings.push(warning),
    });
    expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    expect(warnings.map(({ details }) => details.parameter).sort()).toEqual(
      [...Object.keys(own), "stream"].sort(),
    );
    expect(() => transportTo(simulator, { api, extraBody: own, strict: true })).toThrow(
      expect.objectContaining({ code: "unsupported-parameter" }),
    );
  });

  test.each([
    ["an HTML page", "text/html", "<!doctype html><title>Wi-Fi sign-in</title>", "Wi-Fi sign-in"],
    ["nothing", "text/event-stream", "", "broke off"],
    ["nothing at all", "", "", ""],
    ["plain text", "text/plain", "It works!", "It works!"],
    ["JSON that is no response", "application/json", '{"status":"ok"}', ""],
    ["an XML document", "application/xml", "<?xml version='1.0'?><a/>", ""],
  ])("a server that answers %s is one typed error", async (_name, type, body, words) => {
    const baseUrl = await serverThat(200, type, body);
    const error = await errorOf({ server: "openai", api, baseUrl, apiKey: "sk-proj-0123456789ab" });
    expect(["protocol", "stream-truncated"]).toContain(error.code);
    expect(error.message).toContain(words);
  });

  test.each([
    ["an HTML page", "text/html", "<html><title>404 Not Found</title></html>"],
    ["plain text", "text/plain", "404 page not found"],
    ["nothing", "", ""],
    ["JSON", "application/json", '{"detail":"Not Found"}'],
  ])(
    "a wrong path that the server answers with %s is an error that names the base URL",
    async (_n, type, body) => {
      const baseUrl = (await serverThat(404, type, body)).replace("/v1", "/api");
      const error = await errorOf({ server: "openai", api, baseUrl, apiKey: "sk-proj-0123456789ab" });
      expect(error.code).toBe("not-found");
      expect(error.message).toContain(`The base URL is ${baseUrl}`);
      expect(error.message).toContain("/v1");
    },
  );

  test("a server that is not running is an error that asks whether it is", async () => {
    const baseUrl = `http://127.0.0.1:${await freePort()}/v1`;
    const error = await errorOf({ server: "ollama", api, baseUrl });
    expect(error).toMatchObject({ code: "network", retryable: true });
    expect(error.message).toContain("Is the server running? Start it with `ollama serve`.");
  });

  test("no error loses the history: the next run continues", async () => {
    const simulator = await simulate();
    const agent = new Agent({ transport: transportTo(simulator, { api, retry: { maxRetries: 0 } }) });
    const context = new MemoryContextStore();
    await agent.run("say One", { context });
    for (const fault of ["insufficient_quota", "server_error"]) {
      simulator.faults.add(fault, { target: api === "chat" ? "chat" : "responses" });
      await failureOf(agent.run("say Two", { context }));
    }
    const { text } = await agent.run("say Three", { context });
    expect(text).toContain("Three");
    const texts = JSON.stringify(await context.history());
    expect(texts).toContain("One");
    expect(texts).toContain("say Two");
  });
});

describe("a base URL", () => {
  test.each([["/v1"], ["/v1/"], ["/v1/chat/completions"], ["/v1/responses/"], ["/v1/models"], [""], ["/"]])(
    "may end in %j",
    async (path) => {
      const simulator = await simulate();
      const transport = transportTo({ ...simulator, baseUrl: `${simulator.origin}${path}` });
      expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
    },
  );

  test.each([
    ["http://192.0.2.1/v1"],
    ["http://llm.example.com/v1"],
    ["ftp://example.com"],
    ["example.com/v1"],
    ["localhost:8000"],
    [" "],
    ["https://user:secret@example.com/v1"],
  ])("%j is refused before anything is sent", (baseUrl) => {
    const create = (): unknown => new ServerTransport({ baseUrl, apiKey: "key-0123456789" });
    expect(create).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    expect(create).not.toThrow(/secret/);
  });

  test("may be http on another machine if the caller says so", () => {
    expect(
      () => new ServerTransport({ baseUrl: "http://192.0.2.1:8000/v1", insecureHttp: true }),
    ).not.toThrow();
    expect(() => new ServerTransport({ baseUrl: "http://a:b@192.0.2.1/v1", insecureHttp: true })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

describe("a key", () => {
  test.each([["sk-ant-api03-0123456789"], ["sk-or-v1-0123456789"], ["gsk_0123456789abcdef"]])(
    "of another provider (%s) is not sent to OpenAI",
    async (apiKey) => {
      let isSent = false;
      const fetch = async (): Promise<Response> => {
        isSent = true;
        return new Response("");
      };
      expect(() => new OpenAITransport({ apiKey, fetch })).toThrow(
        expect.objectContaining({ code: "invalid-argument", message: expect.stringContaining("OpenAI") }),
      );
      const transport = new OpenAITransport({ credentials: new MemoryCredentialStore({ apiKey }), fetch });
      expect((await failureOf(collect(transport.stream(asking("Hi"))))).code).toBe("invalid-argument");
      expect(isSent).toBe(false);
      // A gateway may have keys of any kind.
      expect(() => new ServerTransport({ baseUrl: "https://gateway.example.com/v1", apiKey })).not.toThrow();
    },
  );

  test.each([[""], ["  "], ["two words"], ["ключ-0123456789"], ["line\u0000break"]])(
    "that cannot be one (%j) is refused, or read",
    (apiKey) => {
      const create = (): unknown => new OpenRouterTransport({ apiKey });
      if (apiKey.startsWith("line")) expect(create).not.toThrow();
      else expect(create).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    },
  );

  test("that a server repeats in an error does not appear in it", async () => {
    // A key without a prefix that would give it away.
    const apiKey = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
    for (const status of [400, 401, 500]) {
      const baseUrl = await serverThat(
        status,
        "application/json",
        JSON.stringify({ error: { message: `Bad key ${apiKey}` } }),
      );
      const error = await errorOf({ baseUrl, apiKey });
      expect(
        JSON.stringify([error, error.message, error.cause, (error.cause as Error | undefined)?.cause]),
      ).not.toContain(apiKey);
    }
    const body = `data: ${JSON.stringify({ error: { message: `Bad key ${apiKey}`, code: apiKey } })}\n\n`;
    const error = await errorOf({ baseUrl: await serverThat(200, "text/event-stream", body), apiKey });
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain(apiKey);
  });
});

test.each([
  ["an unknown option", { modle: "gpt-4.1" }],
  ["a timeout that is no number", { responseTimeoutMs: Number.NaN }],
  ["a header with a line break", { headers: { "x-a": "b\nc: d" } }],
  ["a header with a wrong name", { headers: { "x a": "b" } }],
  ["an empty model", { model: "" }],
])("%s is refused at once", (_name, options) => {
  expect(() => new OpenAITransport({ apiKey: "sk-proj-0123456789", ...options })).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});

test.each([
  ["a number as key", () => new OpenAITransport({ ...fromJavaScript({ apiKey: 5 }) })],
  ["a string instead of options", () => new ServerTransport(fromJavaScript("ollama"))],
  ["no options", () => new ServerTransport(fromJavaScript(undefined))],
  ["a list instead of options", () => new AzureOpenAITransport(fromJavaScript([]))],
])("%s from JavaScript is refused with the name of the class", (_name, create) => {
  expect(create).toThrow(
    expect.objectContaining({
      code: "invalid-argument",
      message: expect.stringMatching(/ of \w+Transport /),
    }),
  );
});

/** A value that the types do not allow. */
function fromJavaScript(value: unknown): ServerTransportOptions {
  return value as ServerTransportOptions;
}

test("Azure needs an address, and says which", () => {
  expect(() => new AzureOpenAITransport({ apiKey: "0123456789" })).toThrow(/AZURE_OPENAI_ENDPOINT/);
  expect(() => new AzureOpenAITransport({ resource: "a", baseUrl: "https://b.example.com" })).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
  expect(() => new AzureOpenAITransport({ resource: "evil.example.com/x" })).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});

test("tools that a model does not take on Chat Completions are refused before anything is sent, with the way out", async () => {
  const simulator = await simulate();
  const tools = [
    { name: "clock", description: "Tells the time", inputSchema: { type: "object", properties: {} } },
  ];
  for (const model of ["gpt-6.2-sol", "gpt-5.6"]) {
    const transport = transportTo(simulator, { api: "chat", model });
    const error = await failureOf(collect(transport.stream(asking("say Hi", { tools }))));
    expect(error).toMatchObject({ code: "unsupported-parameter" });
    expect(error.message).toContain('Responses API: set api to "responses"');
  }
  expect(bodies(simulator)).toEqual([]);
  expect(
    await textOf(transportTo(simulator, { model: "gpt-6.2-sol" }).stream(asking("say Hi", { tools }))),
  ).toBe("Hi");
});

test("an image or a file that a server does not read is refused in the newest message, and a note in the history", async () => {
  const simulator = await simulate({ dialect: "deepseek" });
  const transport = transportTo(simulator, { server: "deepseek", model: "deepseek-chat" });
  const image: Block = { type: "image", mediaType: "image/png", source: { kind: "base64", data: PIXEL } };
  const newest = asking("", { messages: [userMessage([image, { type: "text", text: "say Hi" }])] });
  const error = await failureOf(collect(transport.stream(newest)));
  expect(error.code).toBe("unsupported-content");
  const history = asking("", {
    messages: [
      userMessage([image, { type: "text", text: "Look" }]),
      { role: "assistant", content: [{ type: "text", text: "Nice" }] },
      userMessage("say Hi"),
    ],
  });
  expect(await textOf(transport.stream(history))).toBe("Hi");
  expect(bodies(simulator)).toHaveLength(1);
});

test("an optional parameter that a server refuses is left out once and for all, with a warning", async () => {
  const simulator = await simulate({ switches: { refusedMembers: ["prompt_cache_key", "stream_options"] } });
  const warnings: AxioError[] = [];
  const transport = transportTo(simulator, { api: "chat", onWarning: (warning) => warnings.push(warning) });
  for (const _ of [1, 2])
    expect(await textOf(transport.stream(asking("say Hi", { conversationId: "c-1" })))).toBe("Hi");
  expect(warnings.map(({ details }) => details.parameter).sort()).toEqual([
    "prompt_cache_key",
    "stream_options",
    "stream_options",
  ]);
  expect(bodies(simulator).at(-1)).not.toHaveProperty("prompt_cache_key");
  expect(bodies(simulator)).toHaveLength(5);
});
