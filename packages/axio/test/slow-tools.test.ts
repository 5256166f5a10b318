import { Agent, type JsonObject, MemoryContextStore, type StreamEvent, type ToolContext } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anyTool, deferred, failure, never, read, toolResults } from "./support.ts";

const start = (tools: readonly ReturnType<typeof anyTool>[], ...names: readonly string[]) => {
  const calls = names.map((name, index) => toolUse(String(index), name, { index }));
  const transport = new ScriptedTransport([toolAnswer(...calls), textAnswer("Done.")]);
  const context = new MemoryContextStore();
  return { stream: new Agent({ transport, tools }).runStream("Go", { context }), context };
};
const waiting = (events: readonly StreamEvent[]) => events.filter(({ type }) => type === "tool-waiting");

describe("a tool that ignores its signal", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is stopped by its timeout: the model gets its output so far, and the run goes on", async () => {
    const signals: AbortSignal[] = [];
    const started = deferred();
    const tool = anyTool(
      "slow",
      (_input: JsonObject, { emit, signal }: ToolContext) => {
        signals.push(signal);
        emit("one\n");
        emit("two\n");
        started.resolve();
        return never();
      },
      { timeoutMs: 30_000 },
    );
    const { stream } = start([tool], "slow");
    const reading = read(stream);
    await started.promise;
    await vi.advanceTimersByTimeAsync(30_000);
    const { events, error } = await reading;
    expect(error).toBeUndefined();
    expect(signals[0]?.aborted).toBe(true);
    expect(toolResults(events)).toEqual([
      {
        type: "tool-result",
        toolCallId: "0",
        content: "Stopped: slow was not done after 30 s. Its output so far:\none\ntwo\n",
        isError: true,
      },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("frees its place when it is stopped, so that later calls run", async () => {
    const ran: unknown[] = [];
    const started = deferred();
    const tool = anyTool(
      "slow",
      ({ index }) => {
        ran.push(index);
        started.resolve();
        return index === 0 ? never() : "done";
      },
      { concurrency: 1, timeoutMs: 1_000 },
    );
    const first = start([tool], "slow", "slow");
    const reading = read(first.stream);
    await started.promise;
    await vi.advanceTimersByTimeAsync(1_000);
    const { events } = await reading;
    expect(ran).toEqual([0, 1]);
    expect(toolResults(events).map(({ content }) => content)).toEqual([
      "Stopped: slow was not done after 1 s.",
      "done",
    ]);
    // The same for a run that was aborted.
    const aborted = start([tool], "slow");
    const abortedReading = read(aborted.stream);
    await vi.waitFor(() => expect(ran).toHaveLength(3));
    aborted.stream.abort();
    await abortedReading;
    const next = await read(start([tool], "other", "slow").stream);
    expect(toolResults(next.events).at(-1)).toMatchObject({ content: "done" });
  });

  it("counts only its own time", async () => {
    const gate = deferred<{ readonly action: "allow" }>();
    const asked = deferred();
    const guard = () => {
      asked.resolve();
      return gate.promise;
    };
    const tool = anyTool("slow", () => "done", { timeoutMs: 1_000, guards: [guard] });
    const reading = read(start([tool], "slow").stream);
    await asked.promise;
    await vi.advanceTimersByTimeAsync(60_000);
    gate.resolve({ action: "allow" });
    expect(toolResults((await reading).events)).toMatchObject([{ content: "done" }]);
  });

  it("is reported as waiting every 10 seconds, with what it waits for", async () => {
    const gate = deferred<{ readonly action: "allow" }>();
    const done = deferred<string>();
    const tools = [
      anyTool("guarded", () => "done", { guards: [() => gate.promise] }),
      anyTool("single", () => done.promise, { concurrency: 1 }),
    ];
    const queued = deferred();
    const reading = read(start(tools, "guarded", "single", "single").stream, ({ type }) => {
      if (type === "tool-waiting") queued.resolve();
    });
    await queued.promise;
    await vi.advanceTimersByTimeAsync(10_000);
    gate.resolve({ action: "allow" });
    await vi.advanceTimersByTimeAsync(10_000);
    done.resolve("done");
    const { events } = await reading;
    const event = (toolCallId: string, name: string, reason: string, waitedMs: number) => ({
      type: "tool-waiting",
      toolCallId,
      name,
      reason,
      waitedMs,
    });
    expect(waiting(events)).toEqual([
      event("2", "single", "concurrency", 0),
      event("0", "guarded", "guard", 10_000),
      event("1", "single", "tool", 10_000),
      event("2", "single", "concurrency", 10_000),
      event("1", "single", "tool", 20_000),
      event("2", "single", "concurrency", 20_000),
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps its output in the history if the run is aborted, bounded", async () => {
    const started = deferred();
    const tool = anyTool(
      "slow",
      (_input, { emit }) => {
        emit("begin ");
        for (let line = 0; line < 10_000; line += 1) emit("0123456789");
        emit(" end");
        started.resolve();
        return never();
      },
      { maxResultBytes: 1_000 },
    );
    const { stream, context } = start([tool], "slow");
    const reading = read(stream);
    await started.promise;
    await vi.advanceTimersByTimeAsync(3_000);
    stream.abort();
    expect((await reading).error?.code).toBe("aborted");
    const [result] = (await context.history()).at(-1)?.content ?? [];
    if (result?.type !== "tool-result") return expect.fail("There is no result.");
    expect(result.isError).toBe(true);
    expect(result.content).toMatch(
      /^Interrupted: stopped by the user after 3 s\. Its output so far:\nbegin 0123.*\n\[… [\d,]+ characters omitted …\]\n.*789 end$/s,
    );
    expect(result.content.length).toBeLessThan(1_300);
  });
});

it.each([
  ["timeoutMs", 0],
  ["timeoutMs", Number.NaN],
  ["timeoutMs", 2 ** 31],
  ["maxResultBytes", 0],
  ["maxResultBytes", Number.NaN],
])("a %s of %d cannot be used", async (name, value) => {
  const make = async () => anyTool("tool", () => "", { [name]: value });
  expect(await failure(make())).toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining(name),
  });
});

it("a guard that denies without a reason says so to the model", async () => {
  for (const decision of [{ action: "deny" }, { action: "deny", reason: "" }]) {
    const tool = anyTool("tool", () => "", { guards: [() => decision as never] });
    const { events } = await read(start([tool], "tool").stream);
    expect(toolResults(events)).toMatchObject([{ isError: true, content: "Denied: no reason was given." }]);
  }
});
