import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { FIXTURES } from "test-support/fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  type AnthropicSimulator,
  CHAT_FAULTS,
  CLAUDE_FAULTS,
  type OpenAISimulator,
  startAnthropicSimulator,
  startChatGPTSimulator,
  startOpenAISimulator,
  startSimulator,
} from "../src/index.ts";
import { chatBody, chunksOf, postChat } from "./chat-client.ts";
import { messagesBody, postMessages } from "./messages-client.ts";

const PROMPT = 'think Hm.\nsay Hello there, I look.\ncall read_file {"path":"README.md"}';
const TOOL = { name: "read_file", input_schema: { type: "object" } };

/** Every fault that ends by itself. */
function finite(
  registry: ReadonlyMap<string, { readonly effect: { readonly kind: string } }>,
  kind: string,
): string[] {
  return [...registry]
    .filter(([name, { effect }]) => effect.kind === kind && !name.includes("stall"))
    .map(([name]) => name);
}

describe("Chat Completions", () => {
  let simulator: OpenAISimulator;
  /** The stream without a fault. */
  let whole: string;
  beforeAll(async () => {
    simulator = await startOpenAISimulator();
    whole = await read(PROMPT);
  });
  afterAll(() => simulator.close());

  async function read(prompt: string): Promise<string> {
    const response = await postChat(simulator, chatBody(prompt));
    const text = await response.text().catch(() => "cut");
    // Every call has an id of its own, and the padding depends on it.
    return text.replaceAll(/"(id|obfuscation)":"[^"]*"/g, "");
  }

  test.each(finite(CHAT_FAULTS, "frames"))("%s changes the stream", async (fault) => {
    if (fault === "delay" || fault === "binary_message" || fault === "close") return;
    expect(await read(`${PROMPT}\nfail ${fault}`)).not.toBe(whole);
  });

  test.each(finite(CHAT_FAULTS, "reply"))("%s replaces the response once", async (fault) => {
    simulator.faults.add(fault, { target: "chat" });
    const failed = await postChat(simulator, chatBody("say Hi")).then(
      async (response) => `${response.status} ${await response.text().catch(() => "cut")}`,
      () => "cut",
    );
    expect(failed).not.toContain("Hi");
    expect((await postChat(simulator, chatBody("say Hi"))).status).toBe(200);
  });

  test("errors come after a finish_reason, and without one", async () => {
    const chunks = async (fault: string): Promise<Record<string, unknown>[]> =>
      chunksOf(await postChat(simulator, chatBody(`say Hello there\nfail ${fault}`)));
    const after = await chunks("error_after_finish");
    expect(after.at(-2)).toHaveProperty("choices.0.finish_reason", "length");
    expect(after.at(-1)).toHaveProperty("error.message", "Token limit reached");
    expect((await chunks("stream_error code=slow_down")).at(-1)).toHaveProperty("error.code", "slow_down");
    expect((await chunks("finish_error")).at(-1)).toHaveProperty("choices.0.finish_reason", "error");
  });
});

describe("the Messages API", () => {
  const body = (prompt: string): unknown =>
    messagesBody(prompt, { tools: [TOOL], thinking: { type: "adaptive", display: "summarized" } });

  let simulator: AnthropicSimulator;
  /** The stream without a fault. */
  let whole: string;
  beforeAll(async () => {
    simulator = await startAnthropicSimulator();
    whole = await read(PROMPT);
  });
  afterAll(() => simulator.close());

  async function read(prompt: string): Promise<string> {
    const response = await postMessages(simulator, body(prompt));
    const text = await response.text().catch(() => "cut");
    return text.replaceAll(/"(id|signature)":"[^"]*"/g, "");
  }

  test.each(finite(CLAUDE_FAULTS, "frames"))("%s changes the stream", async (fault) => {
    if (["delay", "binary_message", "close"].includes(fault)) return;
    expect(await read(`${PROMPT}\nfail ${fault}`)).not.toBe(whole);
  });

  test.each(finite(CLAUDE_FAULTS, "reply"))("%s replaces the response once", async (fault) => {
    simulator.faults.add(fault, { target: "messages" });
    const failed = await postMessages(simulator, body("say Hi")).then(
      async (response) => `${response.status} ${await response.text().catch(() => "cut")}`,
      () => "cut",
    );
    expect(failed).not.toContain('"Hi"');
    expect((await postMessages(simulator, body("say Hi"))).status).toBe(200);
  });

  test("an error has the type, the message and the id of the request", async () => {
    const response = await postMessages(simulator, body("say Hi\nfail overloaded"));
    expect(response.status).toBe(529);
    expect(response.headers.get("request-id")).toMatch(/^req_/);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "overloaded_error", message: "Overloaded" },
    });
  });
});

describe("recordings", needs(RECORDINGS), () => {
  const files = (folder: string): string[] =>
    readdirSync(join(FIXTURES, folder)).filter(
      (name) => /\.(sse|jsonl)$/.test(name) && name !== "errors.jsonl",
    );

  test.each(needs(RECORDINGS).skip ? [] : files("chat"))(
    "chat/%s is replayed byte for byte",
    async (name) => {
      const simulator = await startOpenAISimulator({ replayDirectory: join(FIXTURES, "chat") });
      onTestFinished(() => simulator.close());
      const sent = await (await postChat(simulator, chatBody(`replay ${name}`))).text();
      expect(sent).toBe(asStream(readFileSync(join(FIXTURES, "chat", name), "utf8")));
    },
  );

  test.each(needs(RECORDINGS).skip ? [] : files("anthropic"))(
    "anthropic/%s is replayed byte for byte",
    async (name) => {
      const simulator = await startAnthropicSimulator({ replayDirectory: join(FIXTURES, "anthropic") });
      onTestFinished(() => simulator.close());
      const sent = await (await postMessages(simulator, messagesBody(`replay ${name}`))).text();
      const whole = asStream(readFileSync(join(FIXTURES, "anthropic", name), "utf8"));
      // Of a recording of several responses, the first is sent.
      expect(whole.startsWith(sent)).toBe(true);
      expect(sent === whole || sent.trimEnd().endsWith('{"type":"message_stop"}')).toBe(true);
    },
  );
});

/** The bytes that a recording stands for. */
function asStream(text: string): string {
  if (!text.startsWith("{")) return text;
  const lines = text.split("\n").filter((line) => line !== "");
  return lines
    .map((line) => {
      const { type } = JSON.parse(line) as { type?: string };
      return `${type === undefined ? "" : `event: ${type}\n`}data: ${line}\n\n`;
    })
    .join("");
}

describe("a foreign Host header", () => {
  test.each([
    ["codex", startSimulator],
    ["chatgpt", startChatGPTSimulator],
    ["openai", startOpenAISimulator],
    ["anthropic", startAnthropicSimulator],
  ] as const)("is refused by the simulator of %s", async (_, start) => {
    const simulator = await start();
    onTestFinished(() => simulator.close());
    const { port } = new URL(simulator.origin);
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        get({ host: "127.0.0.1", port, path: "/v1/models", headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on("error", reject);
      });
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "localhost.evil"]) {
      expect(await statusFor(host)).toBe(421);
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, "[::1]"]) {
      expect(await statusFor(host)).not.toBe(421);
    }
  });
});
