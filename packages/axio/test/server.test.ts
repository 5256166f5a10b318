import { describe, expect, test, vi } from "vitest";
import { Agent, AxioError, type RunEndReason, type StreamEvent } from "../src/index.ts";
import { toResponse } from "../src/server/index.ts";
import { ScriptedTransport, textAnswer } from "../src/testing/index.ts";

/** The events of a response. */
async function eventsOf(
  response: Response,
): Promise<(Record<string, unknown> & { readonly type: string })[]> {
  return (await response.text())
    .split("\n\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(/^event: .+\ndata: (.*)$/s.exec(text)?.[1] ?? ""));
}

async function* fail(...events: StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events;
  throw new AxioError("usage-limit", "The plan of ops@example.com is used up.");
}

async function* runOf(...events: StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events;
}

const USAGE = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, reasoningTokens: 0 };

function deltaOf(delta: string): StreamEvent {
  return { type: "text-delta", index: 1, delta };
}

function runEnd(reason: RunEndReason): StreamEvent {
  return { type: "run-end", reason, usage: USAGE, steps: 1 };
}

/** An answer that never ends, whether it was waited for, and whether its request was left. */
function endless(): Record<"waits" | "left", ReturnType<typeof vi.fn>> & { readonly agent: Agent } {
  const waits = vi.fn();
  const left = vi.fn();
  const transport = new ScriptedTransport([
    async function* ({ signal }) {
      try {
        yield { type: "text-delta", index: 0, delta: "One" };
        waits();
        await new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(new AxioError("aborted", "Aborted.")));
        });
      } finally {
        left();
      }
    },
  ]);
  return { agent: new Agent({ transport }), waits, left };
}

describe("toResponse", () => {
  test("streams the events of a run, without the provider's data", async () => {
    const transport = new ScriptedTransport([textAnswer("Hello")]);
    const response = toResponse(new Agent({ transport }).runStream("Hi"), { headers: { "X-A": "1" } });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-a")).toBe("1");
    const events = await eventsOf(response);
    expect(events.map(({ type }) => type)).toEqual(["text-delta", "block-end", "step-end", "run-end"]);
    expect(JSON.stringify(events)).not.toContain("providerData");
  });

  test("keeps what belongs to a tool, whatever its name is", async () => {
    const input = { error: "E", providerData: "P" };
    const run = fail({ type: "block-end", index: 0, block: { type: "tool-use", id: "1", name: "t", input } });
    expect((await eventsOf(toResponse(run)))[0]).toMatchObject({ block: { input } });
  });

  test("words errors for users, and tells the log", async () => {
    const onError = vi.fn();
    const error = new AxioError("usage-limit", "The plan of ops@example.com is used up.");
    const [event] = await eventsOf(toResponse(fail({ type: "error", error }), { onError }));
    expect(event).toEqual({
      type: "error",
      error: { code: "usage-limit", message: "The usage limit is reached. Try again later." },
    });
    expect(onError).toHaveBeenCalledOnce();
  });

  test("as text, is the text; a failed run is no complete response", async () => {
    const transport = new ScriptedTransport([textAnswer("Hello")]);
    const response = toResponse(new Agent({ transport }).runStream("Hi"), { format: "text" });
    expect(await response.text()).toBe("Hello");
    const failed = toResponse(fail({ type: "text-delta", index: 0, delta: "Half" }), { format: "text" });
    await expect(failed.text()).rejects.toThrow();
  });

  test("as text, a retry that takes back what was sent is a failure, and another one is not", async () => {
    const error = new AxioError("network", "Reset.", { retryable: true });
    const [first, second] = [deltaOf("One"), deltaOf("One two")];
    const retry = (...discardedBlocks: number[]): StreamEvent => ({
      type: "retry",
      attempt: 1,
      delayMs: 0,
      error,
      discardedBlocks,
    });
    const textOf = (...events: StreamEvent[]): Promise<string> =>
      toResponse(runOf(...events, runEnd("end")), { format: "text" }).text();
    await expect(textOf(first, retry(0, 1), second)).rejects.toThrow();
    expect(await textOf(retry(0), second)).toBe("One two");
    const stepEnd: StreamEvent = { type: "step-end", stopReason: "tool-use", usage: USAGE };
    expect(await textOf(first, stepEnd, retry(0, 1), second)).toBe("OneOne two");
  });

  test.each<[string, StreamEvent[]]>([
    ["without its last event", []],
    ["whose iteration hides its error", [runEnd("error")]],
    ["that was aborted", [runEnd("aborted")]],
  ])("as text, a run %s is no complete response", async (_, end) => {
    const run = runOf({ type: "text-delta", index: 0, delta: "Half" }, ...end);
    await expect(toResponse(run, { format: "text" }).text()).rejects.toThrow();
  });

  test("a client that leaves aborts the run", async () => {
    const { agent, left } = endless();
    const reader = toResponse(agent.runStream("Hi")).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(left).toHaveBeenCalledOnce();
  });

  test("a client that leaves aborts a run that waits for the model, which is no error of the server", async () => {
    const { agent, waits, left } = endless();
    const reader = toResponse(agent.runStream("Hi")).body?.getReader();
    await reader?.read();
    const next = reader?.read();
    await vi.waitUntil(() => waits.mock.calls.length > 0, { timeout: 10_000, interval: 1 });
    await reader?.cancel();
    expect(left).toHaveBeenCalledOnce();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("a log that throws breaks the stream, and the run is left", async () => {
    const left = vi.fn();
    const run = async function* (): AsyncGenerator<StreamEvent> {
      try {
        yield { type: "text-delta", index: 0, delta: "One" };
        const error = new AxioError("network", "Reset.", { retryable: true });
        yield { type: "retry", attempt: 1, delayMs: 0, error, discardedBlocks: [0] };
      } finally {
        left();
      }
    };
    const onError = (): never => {
      throw new Error("The log is full.");
    };
    await expect(toResponse(run(), { format: "text", onError }).text()).rejects.toThrow();
    expect(left).toHaveBeenCalledOnce();
  });

  test("an aborted request ends the stream with its reason, and is not an error for the log", async () => {
    const { agent } = endless();
    const controller = new AbortController();
    const onError = vi.fn();
    const response = toResponse(agent.runStream("Hi", { signal: controller.signal }), { onError });
    const events = eventsOf(response);
    controller.abort();
    expect((await events).at(-1)).toMatchObject({ type: "run-end", reason: "aborted" });
    expect(onError).not.toHaveBeenCalled();
  });

  test("another format is refused", () => {
    expect(() => toResponse(fail(), { format: "xml" as "text" })).toThrow(/Pass one of: "events", "text"/);
  });
});
