import * as ai7 from "ai";
import * as ai6 from "ai-6";
import { Agent, AxioError, defineTool, MemoryContextStore, type StreamEvent } from "axio";
import { errorForUsers } from "axio/server";
import { codexTransport } from "test-support/codex-transport";
import { describe, expect, test, vi } from "vitest";
import {
  fromUIMessages,
  toUIMessageStream,
  toUIMessageStreamResponse,
  type UIMessageStreamOptions,
} from "../src/ui/index.ts";

type Ai = typeof ai7;
type UIMessage = ai7.UIMessage;

const VERSIONS: readonly [string, Ai, 6 | 7][] = [
  ["ai 7", ai7, 7],
  ["ai 6", ai6 as unknown as Ai, 6],
];

const weather = defineTool({
  name: "get_weather",
  description: "Returns the weather.",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  execute: ({ city }: { city: string }) => ({ city, sky: "clear" }),
});
const CALL =
  'think Which city?\nsay Let me look.\ncall get_weather {"city":"Oslo"}\nthen\nthink Good.\nsay It is clear.';

function user(text: string): UIMessage {
  return { id: `u-${text.length}`, role: "user", parts: [{ type: "text", text }] };
}

describe.each(VERSIONS)("%s", (_, ai, aiVersion) => {
  /** A chat as `useChat` has it: a page, and the endpoint of a server. */
  async function chat(options: UIMessageStreamOptions = {}) {
    const { transport, simulator } = await codexTransport();
    const agent = new Agent({ transport, tools: [weather] });
    const signals: AbortSignal[] = [];
    const endpoint = async (request: Request): Promise<Response> => {
      const { messages } = (await request.json()) as { messages: unknown };
      signals.push(request.signal);
      const context = new MemoryContextStore(fromUIMessages(messages));
      const run = agent.runStream([], { context, signal: request.signal });
      return toUIMessageStreamResponse(run, { aiVersion, ...options });
    };
    const page = new ai.DefaultChatTransport({
      api: "http://localhost/api/chat",
      fetch: (input, init) => endpoint(new Request(String(input), init)),
    });
    /** Sends a conversation. Returns it with the response, and the error that the page shows. */
    const send = async (
      messages: readonly UIMessage[],
      abortSignal?: AbortSignal,
    ): Promise<{
      messages: UIMessage[];
      last: UIMessage;
      error: unknown;
      chunks: readonly { type: string }[];
    }> => {
      const stream = await page.sendMessages({
        chatId: "c",
        trigger: "submit-message",
        messageId: undefined,
        messages: [...messages],
        abortSignal,
      });
      const chunks: { type: string }[] = [];
      const seen = stream.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            chunks.push(chunk);
            controller.enqueue(chunk);
          },
        }),
      );
      let last: UIMessage = { id: "", role: "assistant", parts: [] };
      let error: unknown;
      try {
        for await (const message of ai.readUIMessageStream({
          stream: seen,
          terminateOnError: true,
          onError: (problem) => {
            error = problem;
          },
        }))
          last = message;
      } catch (problem) {
        error ??= problem;
      }
      return { messages: [...messages, last], last, error, chunks };
    };
    return { send, simulator, signals };
  }

  test("a page shows text, reasoning and tools, step by step", async () => {
    const { send } = await chat();
    const { last, error } = await send([user(CALL)]);
    expect(error).toBeUndefined();
    expect(last.parts).toMatchObject([
      { type: "step-start" },
      { type: "reasoning", text: "Which city?", state: "done" },
      { type: "text", text: "Let me look.", state: "done" },
      {
        type: "tool-get_weather",
        state: "output-available",
        input: { city: "Oslo" },
        output: { city: "Oslo", sky: "clear" },
      },
      { type: "step-start" },
      { type: "reasoning", text: "Good." },
      { type: "text", text: "It is clear." },
    ]);
  });

  test("the conversation that a page sends back is the one that the model had", async () => {
    const { send, simulator } = await chat();
    const first = await send([user(CALL)]);
    await send([...first.messages, user("say Bye")]);
    const bodies = simulator.requests.filter(
      ({ method, path }) => method === "POST" && path.endsWith("/responses"),
    );
    const [, second, third] = bodies.map(({ json }) => (json as { input: unknown[] }).input);
    // The prompt cache needs the same beginning.
    expect(third?.slice(0, second?.length)).toEqual(second);
    expect(third?.length).toBe((second?.length ?? 0) + 3);
  });

  test("each chunk is one of the protocol, and the inputs of tools stream", async () => {
    const { send } = await chat({ messageId: "m-1", messageMetadata: (end) => ({ steps: end?.steps ?? 0 }) });
    const { chunks, last } = await send([user(CALL)]);
    const types = chunks.map(({ type }) => type);
    expect(types[0]).toBe("start");
    expect(types).toContain("tool-input-delta");
    expect(types.filter((type) => type === "start-step")).toHaveLength(2);
    expect(types.slice(-2)).toEqual(["finish-step", "finish"]);
    expect(last).toMatchObject({ id: "m-1", metadata: { steps: 2 } });
    const schema = await ai.asSchema(ai.uiMessageChunkSchema);
    for (const chunk of chunks) expect(await schema.validate?.(chunk)).toMatchObject({ success: true });
  });

  test("a retry takes back what was shown, or ends the message", async () => {
    const { send } = await chat();
    const { last, error, chunks } = await send([user("say One two three\nfail reset at=text attempts=1")]);
    if (aiVersion === 7) {
      expect(error).toBeUndefined();
      expect(last.parts.filter(({ type }) => type === "text")).toMatchObject([{ text: "One two three" }]);
    } else {
      expect(String(error)).toContain("interrupted");
      expect(chunks.map(({ type }) => type)).not.toContain("finish");
    }
  });

  test("a failed run is an error on the page, in words for users, and never ends well", async () => {
    const problems: unknown[] = [];
    const { send } = await chat({
      onError: (error) => {
        problems.push(error);
        return undefined;
      },
    });
    const { error, chunks } = await send([user("say Some\nfail failed:insufficient_quota at=text")]);
    expect(String(error)).toContain("The usage limit is reached. Try again later.");
    expect(chunks.at(-1)).toEqual({
      type: "error",
      errorText: "The usage limit is reached. Try again later.",
    });
    expect(chunks.map(({ type }) => type)).not.toContain("finish");
    expect(problems).toMatchObject([{ code: "usage-limit" }]);
  });

  test("a page that stops aborts the run and its request, and can go on later", async () => {
    const { send, simulator } = await chat();
    const stop = new AbortController();
    const stopped = send([user("say Some text\nfail stall at=text")], stop.signal);
    await vi.waitUntil(() => simulator.stats.openStreams === 1, { timeout: 10_000, interval: 1 });
    stop.abort();
    await stopped;
    await vi.waitUntil(() => simulator.stats.openStreams === 0, { timeout: 10_000, interval: 1 });
  });

  test("a tool that fails is an error of its part, and the run goes on", async () => {
    const { send } = await chat();
    const { last } = await send([user("call get_weather {}\nthen\nsay Sorry.")]);
    expect(last.parts).toMatchObject([
      { type: "step-start" },
      { type: "tool-get_weather", state: "output-error", errorText: expect.any(String) },
      { type: "step-start" },
      { type: "text", text: "Sorry." },
    ]);
  });
});

/** The chunks of events. */
async function chunksOf(
  events: readonly StreamEvent[],
  options?: UIMessageStreamOptions,
): Promise<unknown[]> {
  async function* run(): AsyncGenerator<StreamEvent> {
    yield* events;
  }
  const chunks: unknown[] = [];
  for await (const chunk of toUIMessageStream(run(), options)) chunks.push(chunk);
  return chunks;
}

const USAGE = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, reasoningTokens: 0 };
const END: readonly StreamEvent[] = [
  { type: "step-end", stopReason: "end", usage: USAGE },
  { type: "run-end", reason: "end", usage: USAGE, steps: 1 },
];

describe("blocks", () => {
  test("sources come once, pictures as files, and hosted tools as tools of the provider", async () => {
    const sources = [{ url: "https://a.example/", title: "A" }];
    const chunks = await chunksOf([
      { type: "hosted-tool-start", index: 0, name: "web-search" },
      {
        type: "block-end",
        index: 0,
        block: { type: "hosted-tool", name: "web-search", input: { query: "a" }, sources },
      },
      { type: "block-end", index: 1, block: { type: "text", text: "See A.", sources } },
      {
        type: "block-end",
        index: 2,
        block: { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AA==" } },
      },
      ...END,
    ]);
    expect(chunks).toMatchObject([
      { type: "start" },
      { type: "start-step" },
      { type: "tool-input-start", toolCallId: "hosted-1", providerExecuted: true },
      { type: "tool-input-available", input: { query: "a" } },
      { type: "tool-output-available", output: { status: "completed" } },
      { type: "source-url", url: "https://a.example/", title: "A" },
      { type: "text-start" },
      { type: "text-delta", delta: "See A." },
      { type: "text-end" },
      { type: "file", url: "data:image/png;base64,AA==", mediaType: "image/png" },
      { type: "finish-step" },
      { type: "finish", finishReason: "stop" },
    ]);
  });

  test("a page that may not see reasoning and provider data gets neither", async () => {
    const events: readonly StreamEvent[] = [
      { type: "reasoning-delta", index: 0, delta: "secret" },
      {
        type: "block-end",
        index: 0,
        block: { type: "reasoning", text: "secret", providerData: { responses: { encrypted: "blob" } } },
      },
      {
        type: "block-end",
        index: 1,
        block: { type: "text", text: "Hi", providerData: { responses: { id: "msg" } } },
      },
      ...END,
    ];
    const hidden = JSON.stringify(await chunksOf(events, { sendReasoning: false, sendProviderData: false }));
    expect(hidden).not.toMatch(/secret|blob|msg/);
    expect(JSON.stringify(await chunksOf(events))).toMatch(/secret.*blob.*msg/);
  });

  test("a retry that takes back nothing that the page shows does not end the message", async () => {
    const events: readonly StreamEvent[] = [
      { type: "reasoning-delta", index: 0, delta: "Hm" },
      {
        type: "retry",
        attempt: 1,
        delayMs: 0,
        error: new AxioError("network", "Reset.", { retryable: true }),
        discardedBlocks: [0],
      },
      { type: "text-delta", index: 0, delta: "Hi" },
      ...END,
    ];
    const chunks = await chunksOf(events, { sendReasoning: false, aiVersion: 6 });
    expect(chunks.at(-1)).toMatchObject({ type: "finish" });
  });

  test("a run without its last event is an error", async () => {
    expect(await chunksOf([{ type: "text-delta", index: 0, delta: "Hi" }])).toMatchObject([
      { type: "start" },
      { type: "start-step" },
      { type: "text-start" },
      { type: "text-delta" },
      { type: "error", errorText: "The response was interrupted. Try again." },
    ]);
  });
});

describe("fromUIMessages", () => {
  test("a call that was stopped gets a result, and one that never began is left out", () => {
    const messages = fromUIMessages([
      { role: "user", parts: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        parts: [
          { type: "step-start" },
          { type: "text", text: "I look." },
          { type: "tool-a", toolCallId: "1", state: "input-available", input: { x: 1 } },
          { type: "tool-a", toolCallId: "2", state: "input-streaming", input: { x: 1 } },
          { type: "dynamic-tool", toolName: "b", toolCallId: "3", state: "output-denied", input: {} },
          { type: "source-url", sourceId: "s", url: "https://a.example/" },
        ],
      },
    ]);
    expect(messages).toMatchObject([
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        content: [{ type: "text" }, { type: "tool-use", id: "1" }, { type: "tool-use", id: "3" }],
      },
      {
        role: "user",
        content: [
          { toolCallId: "1", isError: true },
          { toolCallId: "3", isError: true },
        ],
      },
    ]);
  });

  test("files are pictures or documents, as data or https", () => {
    const file = (url: string, mediaType: string) => [
      { role: "user", parts: [{ type: "file", url, mediaType, filename: "f" }] },
    ];
    expect(fromUIMessages(file("data:image/png;base64,AA==", "image/png"))).toMatchObject([
      { content: [{ type: "image", source: { kind: "base64", data: "AA==" } }] },
    ]);
    expect(fromUIMessages(file("https://a.example/f.pdf", "application/pdf"))).toMatchObject([
      { content: [{ type: "file", name: "f", source: { kind: "url" } }] },
    ]);
    for (const url of ["file:///etc/passwd", "http://10.0.0.1/", "javascript:1", "/f.png"])
      expect(() => fromUIMessages(file(url, "image/png"))).toThrow(/neither base64 data nor https/);
  });

  test.each<[unknown, RegExp]>([
    [undefined, /are no list/],
    [[null], /messages\[0\] is no UI message/],
    [[{ role: "user", parts: [1] }], /messages\[0\]\.parts\[0\] is no part/],
    [[{ role: "system", parts: [] }], /has the role "system"/],
    [[{ role: "user", parts: [{ type: "text" }] }], /has no text/],
    [[{ role: "assistant", parts: [{ type: "tool-a", state: "input-available" }] }], /has no toolCallId/],
    [[{ role: "user", parts: [{ type: "file", url: 1 }] }], /has no URL/],
  ])("%j is refused", (messages, message) => {
    expect(() => fromUIMessages(messages)).toThrow(message);
  });
});

test("the words for users never hold those for the operator", () => {
  const error = new AxioError(
    "unauthenticated",
    "Run `npx axio-codex login` on host-17 (/home/x/auth.json).",
  );
  expect(errorForUsers(error)).toEqual({
    code: "unauthenticated",
    message: "Something went wrong. Try again later.",
  });
  expect(errorForUsers(new Error("postgres://u:p@db"))).toEqual({
    code: "unexpected",
    message: "Something went wrong. Try again later.",
  });
});
