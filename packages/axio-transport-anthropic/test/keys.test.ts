import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { AxioError } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import { asking, failureOf, textOf } from "test-support/transport-calls";
import { describe, expect, onTestFinished, test } from "vitest";
import { AnthropicTransport, type AnthropicTransportOptions, profileStore } from "../src/index.ts";
import { streamOf, text } from "./support/decode.ts";
import { ScriptedServer } from "./support/server.ts";
import { connection, simulate } from "./support/simulator.ts";

const KEY = "sk-ant-api03-0123456789abcdef";
const GOOD = streamOf([text("Hello")]);

async function sentWith(options: AnthropicTransportOptions) {
  const server = new ScriptedServer(GOOD);
  await textOf(server.transport(options).stream(asking("Hi")));
  const [request] = server.requests;
  if (request === undefined) throw new Error("Nothing was sent.");
  return request;
}

describe("the base URL", () => {
  test.each([
    [undefined, "https://api.anthropic.com/v1/messages"],
    ["https://api.anthropic.com", "https://api.anthropic.com/v1/messages"],
    ["https://api.anthropic.com/", "https://api.anthropic.com/v1/messages"],
    ["https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"],
    ["https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages"],
    ["https://api.deepseek.com/anthropic", "https://api.deepseek.com/anthropic/v1/messages"],
    ["http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1/messages"],
    ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/messages"],
  ])("%s: %s", async (baseUrl, url) => {
    expect((await sentWith({ baseUrl })).url).toBe(url);
    if (baseUrl !== undefined)
      expect((await sentWith({ env: { ANTHROPIC_BASE_URL: baseUrl } })).url).toBe(url);
  });

  test.each(["http://example.com", "ftp://example.com", "not a url", "https://user:pass@example.com"])(
    "%s is refused",
    (baseUrl) => {
      expect(() => new AnthropicTransport({ apiKey: KEY, baseUrl, env: {} })).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    },
  );
});

describe("the key", () => {
  test("of a profile is the one that was stored under its name", async () => {
    const homeDir = await mkdtemp(join(tmpdir(), "axio-anthropic-"));
    onTestFinished(() => rm(homeDir, { recursive: true }));
    const environment = { env: {}, homeDir };
    await profileStore("work", environment).update(async () => ({ apiKey: KEY }));
    const { headers } = await sentWith({ apiKey: undefined, credentials: profileStore("work", environment) });
    expect(headers.get("x-api-key")).toBe(KEY);
    expect(await profileStore(undefined, environment).load()).toBeUndefined();
    expect(() => profileStore("../x", environment)).toThrow(/cannot be the name of a profile/);
  });

  test("goes into x-api-key, and into nothing else", async () => {
    const { headers, text: body } = await sentWith({ headers: { "x-team": "a" } });
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-api-key": KEY,
      "anthropic-version": "2023-06-01",
      "x-team": "a",
    });
    expect(headers.get("authorization")).toBeNull();
    expect(body).not.toContain(KEY);
  });

  test.each([
    [{ env: { ANTHROPIC_API_KEY: ` ${KEY}\n` } }, KEY],
    [{ apiKey: `"${KEY}"`, env: { ANTHROPIC_API_KEY: "sk-ant-api03-other-0123456" } }, KEY],
    [
      {
        credentials: new MemoryCredentialStore({ apiKey: KEY }),
        env: { ANTHROPIC_API_KEY: "sk-ant-api03-other-0123456" },
      },
      KEY,
    ],
    [
      {
        baseUrl: "http://127.0.0.1:1",
        env: {},
        credentials: new MemoryCredentialStore<{ apiKey: string }>(),
      },
      null,
    ],
    [
      {
        baseUrl: "http://127.0.0.1:1",
        authToken: "gateway-token",
        env: {},
        credentials: new MemoryCredentialStore<{ apiKey: string }>(),
      },
      null,
    ],
  ])("comes from %j", async (options, key) => {
    const server = new ScriptedServer(GOOD);
    const transport = new AnthropicTransport({ fetch: server.fetch, ...options });
    await textOf(transport.stream(asking("Hi")));
    const { headers } = server.requests[0] ?? { headers: new Headers() };
    expect(headers.get("x-api-key")).toBe(key);
    expect(headers.get("authorization")).toBe("authToken" in options ? "Bearer gateway-token" : null);
  });

  test("that is missing is an error before anything is sent", async () => {
    const server = new ScriptedServer(GOOD);
    const transport = new AnthropicTransport({
      fetch: server.fetch,
      env: {},
      credentials: new MemoryCredentialStore<{ apiKey: string }>(),
    });
    const error = await failureOf(textOf(transport.stream(asking("Hi"))));
    expect([error.code, server.requests.length]).toEqual(["unauthenticated", 0]);
    expect(error.message).toContain("ANTHROPIC_API_KEY");
    expect(error.message).toContain("axio-anthropic login");
  });

  test.each([
    ["", "invalid-argument"],
    ["two words", "invalid-argument"],
    ["sk-proj-0123456789abcdef01234", "invalid-argument"],
    ["sk-or-v1-0123456789abcdef01234", "invalid-argument"],
    ["sk-ant-oat01-0123456789abcdef0", "unauthenticated"],
  ])("%j is refused: %s", (apiKey, code) => {
    const thrown = (() => {
      try {
        return new AnthropicTransport({ apiKey, env: {} });
      } catch (error) {
        return error;
      }
    })();
    expect(AxioError.is(thrown) && thrown.code).toBe(code);
    if (apiKey !== "") expect(String(thrown)).not.toContain(apiKey);
  });

  test("of another provider in the environment is not sent to Anthropic", async () => {
    const server = new ScriptedServer(GOOD);
    const transport = new AnthropicTransport({
      fetch: server.fetch,
      env: { ANTHROPIC_API_KEY: "sk-proj-0123456789abcdef01234" },
    });
    expect((await failureOf(textOf(transport.stream(asking("Hi"))))).code).toBe("invalid-argument");
    expect(server.requests).toEqual([]);
  });

  test("that was replaced in the store is used after a 401", async () => {
    const simulator = await simulate();
    const store = new MemoryCredentialStore({ apiKey: "sk-ant-api03-old-0123456789" });
    const { apiKey: _, ...rest } = connection(simulator);
    const transport = new AnthropicTransport({ ...rest, model: "claude-sonnet-5-5", credentials: store });
    expect((await failureOf(textOf(transport.stream(asking("say Hi."))))).code).toBe("unauthenticated");
    await store.update(async () => ({ apiKey: simulator.apiKey }));
    expect(await textOf(transport.stream(asking("say Hi.")))).toBe("Hi.");
  });
});

describe("options", () => {
  test.each<object>([
    { maxTokens: -1 },
    { maxTokens: Number.NaN },
    { maxTokens: 1.5 },
    { thinking: { budgetTokens: 100 } },
    { idleTimeoutMs: -1 },
    { modell: "claude-sonnet-5-5" },
    { model: "" },
  ])("%j is refused", (options) => {
    expect(() => new AnthropicTransport({ apiKey: KEY, env: {}, ...options })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

test("a server that echoes the key does not get it into errors, causes or logs", async () => {
  const echo = (key: string | null) => ({
    type: "error",
    error: { type: "authentication_error", message: `bad key ${key}` },
  });
  for (const answer of [
    { status: 401, body: echo(KEY) },
    { status: 500, body: `<html>${KEY}</html>` },
    [echo(KEY)],
  ]) {
    const server = new ScriptedServer(answer);
    const transport = server.transport({ model: "claude-sonnet-5-5", retry: { maxRetries: 0 } });
    const error = await failureOf(textOf(transport.stream(asking("Hi"))));
    expect(inspect([error, error.toJSON(), transport], { depth: 9, showHidden: true })).not.toContain(KEY);
  }
});

describe("another server", () => {
  test("gets the core of the API: no betas, no eager input, no thinking unless asked", async () => {
    const tool = {
      name: "read",
      description: "Reads.",
      inputSchema: { type: "object", properties: {} },
    } as const;
    const send = async (options: AnthropicTransportOptions) => {
      const server = new ScriptedServer(GOOD);
      await textOf(
        server
          .transport({ baseUrl: "https://example.com", model: "deepseek-chat", ...options })
          .stream(asking("Hi", { tools: [tool] })),
      );
      return server.requests[0];
    };
    const bare = await send({});
    expect(bare?.body).not.toHaveProperty("thinking");
    expect(JSON.stringify(bare?.body)).not.toContain("eager_input_streaming");
    expect(bare?.headers.get("anthropic-beta")).toBeNull();
    expect((await send({ reasoning: { effort: "high" } }))?.body["thinking"]).toEqual({
      type: "enabled",
      budget_tokens: 16_384,
    });
    expect(JSON.stringify((await send({ isAnthropic: true }))?.body)).toContain("eager_input_streaming");
  });

  test.each([
    [
      { status: 200, body: "<html><title>Portal</title></html>", headers: { "content-type": "text/html" } },
      "protocol",
    ],
    [{ status: 404, body: "" }, "not-found"],
    [{ status: 200, body: "" }, "stream-truncated"],
    [{ status: 200, body: '{"object":"list"}' }, "protocol"],
  ])("that answers %j is a typed error", async (answer, code) => {
    const server = new ScriptedServer(answer);
    const error = await failureOf(
      textOf(
        server
          .transport({ baseUrl: "https://example.com", model: "m", retry: { maxRetries: 0 } })
          .stream(asking("Hi")),
      ),
    );
    expect(error.code).toBe(code);
  });
});
