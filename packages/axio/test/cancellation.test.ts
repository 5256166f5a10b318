import { getEventListeners } from "node:events";
import {
  Agent,
  AutoCompactingStore,
  type ContextStore,
  MemoryContextStore,
  type Message,
  NO_USAGE,
  type StreamEvent,
  type StreamRequest,
  summarizeWith,
  type TransportEvent,
  userMessage,
} from "axio";
import {
  reasoningBlock,
  ScriptedTransport,
  stepEnd,
  textAnswer,
  textBlock,
  toolAnswer,
  toolUse,
} from "axio/testing";
import { fromBatches } from "axio/transport";
import { describe, expect, it, vi } from "vitest";
import { anyTool, deferred, failure, never, read, settled, toolResults, transportOf } from "./support.ts";

/** Streams events, then waits for the signal as a socket does. */
function hanging(events: readonly TransportEvent[]) {
  return async function* ({ signal }: StreamRequest): AsyncGenerator<TransportEvent> {
    yield* events;
    await new Promise<void>((resolve) => {
      if (signal?.aborted) resolve();
      else signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  };
}

/** Expects each tool call of a history to have its result in the next message. */
function expectComplete(history: readonly Message[]): void {
  history.forEach((message, index) => {
    const calls = message.content.flatMap((block) => (block.type === "tool-use" ? [block.id] : []));
    const answers = (history[index + 1]?.content ?? []).flatMap((block) =>
      block.type === "tool-result" ? [block.toolCallId] : [],
    );
    if (calls.length > 0) expect(answers).toEqual(calls);
  });
}

const reason = new Error("enough");
const interruptedNote = {
  type: "text",
  text: "[Interrupted by the user before this answer was complete.]",
  interrupted: true,
};

describe("a signal that fires", () => {
  it("before the run: nothing is sent and nothing stored", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    const context = new MemoryContextStore();
    const stream = new Agent({ transport }).runStream("Hi", { context, signal: AbortSignal.abort(reason) });
    const { events, error } = await read(stream);
    expect(error).toMatchObject({ code: "aborted", cause: reason });
    expect(events).toMatchObject([{ type: "run-end", reason: "aborted", steps: 0 }]);
    expect(transport.requests).toHaveLength(0);
    expect(await context.history()).toEqual([]);
    expect(await failure(stream.result())).toBe(error);
  });

  it("while the model streams: all that was shown is stored, reasoning at the end is not", async () => {
    const transport = new ScriptedTransport([
      hanging([...textBlock("Whole.", 0), ...reasoningBlock("Hm.", 1), ...textBlock("Par", 2).slice(0, 1)]),
    ]);
    const context = new MemoryContextStore();
    const controller = new AbortController();
    const stream = new Agent({ transport }).runStream("Hi", { context, signal: controller.signal });
    const { events, error } = await read(stream, (event) => {
      if (event.type === "text-delta" && event.index === 2) controller.abort(reason);
    });
    expect(error).toMatchObject({ code: "aborted", cause: reason });
    expect(events.at(-1)).toMatchObject({ type: "run-end", reason: "aborted", steps: 1 });
    expect((await context.history()).map(({ content }) => content)).toEqual([
      [{ type: "text", text: "Hi" }],
      [{ type: "text", text: "Whole." }, { type: "text", text: "Par", interrupted: true }, interruptedNote],
    ]);
  });

  it("while the model streams the first block: the prompt and the text so far are stored", async () => {
    const transport = new ScriptedTransport([hanging(textBlock("Par").slice(0, 1))]);
    const context = new MemoryContextStore();
    const stream = new Agent({ transport }).runStream("Hi", { context });
    await read(stream, (event) => {
      if (event.type === "text-delta") stream.abort();
    });
    expect(await context.history()).toEqual([
      userMessage("Hi"),
      { role: "assistant", content: [{ type: "text", text: "Par", interrupted: true }, interruptedNote] },
    ]);
  });

  it("inside a batch: the rest of the batch is dropped", async () => {
    const transport = transportOf(() =>
      fromBatches(async function* () {
        yield [...textBlock("one two three"), stepEnd()];
      }),
    );
    const stream = new Agent({ transport }).runStream("Hi");
    const { events } = await read(stream, (event) => {
      if (event.type === "text-delta") stream.abort(reason);
    });
    expect(events.map(({ type }) => type)).toEqual(["text-delta", "run-end"]);
  });

  it("while tools run: finished ones keep their result, others are interrupted, even one that ignores its signal", async () => {
    const tools = [
      anyTool("quick", () => "done"),
      anyTool(
        "polite",
        (_input, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          }),
      ),
      anyTool("stubborn", () => never()),
    ];
    const transport = new ScriptedTransport([
      toolAnswer(toolUse("1", "stubborn"), toolUse("2", "quick"), toolUse("3", "polite")),
    ]);
    const context = new MemoryContextStore();
    const stream = new Agent({ transport, tools }).runStream("Go", { context });
    const { events, error } = await read(stream, (event) => {
      if (event.type === "tool-result") stream.abort();
    });
    expect(error?.code).toBe("aborted");
    expect(toolResults(events)).toHaveLength(1);
    const history = await context.history();
    expectComplete(history);
    expect(history.at(-1)?.content).toMatchObject([
      { toolCallId: "1", isError: true, content: expect.stringMatching(/^Interrupted/) },
      { toolCallId: "2", content: "done" },
      { toolCallId: "3", isError: true },
    ]);
  });

  it("before a tool is started: its call is stored as interrupted", async () => {
    const run = vi.fn(() => "ran");
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "tool"))]);
    const context = new MemoryContextStore();
    const stream = new Agent({ transport, tools: [anyTool("tool", run)] }).runStream("Go", { context });
    await read(stream, (event) => {
      if (event.type === "block-end") stream.abort();
    });
    expect(run).not.toHaveBeenCalled();
    const history = await context.history();
    expect(history).toHaveLength(3);
    expectComplete(history);
  });

  it("while a guard decides: the tool is not run if the guard allows it afterwards", async () => {
    const run = vi.fn(() => "ran");
    const asked = deferred();
    const answer = deferred<{ readonly action: "allow" }>();
    const guard = () => {
      asked.resolve();
      return answer.promise;
    };
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "tool"))]);
    const agent = new Agent({ transport, tools: [anyTool("tool", run)], guards: [guard] });
    const stream = agent.runStream("Go");
    const reading = read(stream);
    await asked.promise;
    stream.abort();
    expect((await reading).error?.code).toBe("aborted");
    answer.resolve({ action: "allow" });
    await settled();
    expect(run).not.toHaveBeenCalled();
  });

  it("while a tool runs that throws later: no rejection is unhandled", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const started = deferred();
    const late = deferred<string>();
    const tool = anyTool("late", () => {
      started.resolve();
      return late.promise;
    });
    const stream = new Agent({
      transport: new ScriptedTransport([toolAnswer(toolUse("1", "late"))]),
      tools: [tool],
    }).runStream("Go");
    const reading = read(stream);
    await started.promise;
    stream.abort();
    await reading;
    late.reject(new Error("too late"));
    await settled();
    await settled();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("during a compaction: the summary is aborted, and the step is stored", async () => {
    const summarising = deferred<AbortSignal | undefined>();
    const summaries = transportOf(async function* (request) {
      summarising.resolve(request.signal);
      yield* hanging([])(request);
    });
    const onFailure = vi.fn();
    const store = new MemoryContextStore([
      ...Array.from(
        { length: 4 },
        (): Message => ({ role: "user", content: [{ type: "text", text: "long ".repeat(99) }] }),
      ),
    ]);
    const context = new AutoCompactingStore(store, {
      maxTokens: 100,
      strategy: summarizeWith(summaries),
      onFailure,
    });
    const stream = new Agent({
      transport: new ScriptedTransport([textAnswer("Hello", { ...NO_USAGE, inputTokens: 500 })]),
    }).runStream("Hi", { context });
    const reading = read(stream);
    expect((await summarising.promise)?.aborted).toBe(false);
    stream.abort();
    // The response is complete and stored, so the run is done and not aborted.
    expect((await reading).events.at(-1)).toMatchObject({ type: "run-end", reason: "end" });
    expect(await context.history()).toHaveLength(6);
    expect(onFailure).not.toHaveBeenCalled();
  });

  it("while the selector chooses: nothing is sent", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    const controller = new AbortController();
    const selector = async () => {
      controller.abort();
      return [];
    };
    const { error } = await read(
      new Agent({ transport, selector }).runStream("Hi", { signal: controller.signal }),
    );
    expect(error?.code).toBe("aborted");
    expect(transport.requests).toHaveLength(0);
  });

  it("before the store fails: the run is aborted nevertheless", async () => {
    const store = new MemoryContextStore();
    const context: ContextStore = Object.assign(Object.create(store), {
      id: "broken",
      history: () => store.history(),
      append: async () => {
        throw new Error("disk full");
      },
    });
    const transport = new ScriptedTransport([hanging(textBlock("Whole."))]);
    const stream = new Agent({ transport }).runStream("Hi", { context });
    const { error } = await read(stream, (event) => {
      if (event.type === "block-end") stream.abort();
    });
    expect(error?.code).toBe("aborted");
  });
});

describe("leaving the loop", () => {
  it("aborts the run: the signal of the transport fires, and complete blocks are stored", async () => {
    const transport = new ScriptedTransport([hanging(textBlock("Whole."))]);
    const context = new MemoryContextStore();
    const stream = new Agent({ transport }).runStream("Hi", { context });
    for await (const event of stream) {
      if (event.type === "block-end") break;
    }
    expect(transport.requests[0]?.signal?.aborted).toBe(true);
    expect(await context.history()).toHaveLength(2);
    await expect(stream.result()).rejects.toMatchObject({ code: "aborted" });
  });

  it("through an error of the caller: that error is thrown", async () => {
    const stream = new Agent({ transport: new ScriptedTransport([textAnswer("x")]) }).runStream("Hi");
    const mine = new Error("mine");
    await expect(
      (async () => {
        for await (const _event of stream) throw mine;
      })(),
    ).rejects.toBe(mine);
  });

  it("while tools run: does not wait for one that ignores its signal", async () => {
    const tool = anyTool("stubborn", (_input, { emit }) => {
      emit("working");
      return never();
    });
    const context = new MemoryContextStore();
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "stubborn"))]);
    for await (const event of new Agent({ transport, tools: [tool] }).runStream("Go", { context })) {
      if (event.type === "tool-output-delta") break;
    }
    expectComplete(await context.history());
    expect(await context.history()).toHaveLength(3);
  });

  it("before the first event: the run is over, and result() rejects", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    const stream = new Agent({ transport }).runStream("Hi");
    await stream[Symbol.asyncIterator]().return?.();
    await expect(stream.result()).rejects.toMatchObject({ code: "aborted" });
    expect(transport.requests).toHaveLength(0);
  });

  it("at each event of a run: the stored history is complete", async () => {
    const answers = [
      [
        ...reasoningBlock("Hm."),
        ...textBlock("Let me see.", 1),
        ...toolAnswer(toolUse("1", "tool"), toolUse("2", "tool")),
      ],
      textAnswer("It is so."),
    ];
    const tool = anyTool("tool", (_input, { emit }) => {
      emit("…");
      return "result";
    });
    const run = (context: MemoryContextStore) =>
      new Agent({ transport: new ScriptedTransport(answers), tools: [tool] }).runStream("Go", { context });
    const { events } = await read(run(new MemoryContextStore()));
    for (let stop = 0; stop < events.length; stop += 1) {
      const context = new MemoryContextStore();
      const seen: StreamEvent[] = [];
      for await (const event of run(context)) {
        seen.push(event);
        if (seen.length > stop) break;
      }
      const history = await context.history();
      expectComplete(history);
      expect(history.at(-1)?.content.some(({ type }) => type === "tool-use")).not.toBe(true);
      expect(history.every(({ content }) => content.length > 0)).toBe(true);
    }
  });
});

describe("listeners", () => {
  it("are removed from the signal of the caller after a run that ended, failed, was left or aborted", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = (): number => getEventListeners(signal, "abort").length;
    const start = (answer: ConstructorParameters<typeof ScriptedTransport>[0][number]) =>
      new Agent({ transport: new ScriptedTransport([answer]) }).runStream("Hi", { signal });
    const ended = start(textAnswer("x"));
    expect(listeners()).toBe(0);
    await read(ended, () => expect(listeners()).toBeLessThanOrEqual(1));
    expect(listeners()).toBe(0);
    await read(start(new Error("boom")));
    expect(listeners()).toBe(0);
    for await (const _event of start(hanging(textBlock("x")))) break;
    expect(listeners()).toBe(0);
    const aborted = start(hanging(textBlock("x")));
    await read(aborted, () => aborted.abort());
    expect(listeners()).toBe(0);
    await start(textAnswer("x"))[Symbol.asyncIterator]().return?.();
    expect(listeners()).toBe(0);
  });

  it("do not accumulate over the steps of a run", async () => {
    const counts: number[] = [];
    const answer = (index: number) => (request: StreamRequest) => {
      counts.push(request.signal === undefined ? -1 : getEventListeners(request.signal, "abort").length);
      return index < 30 ? toolAnswer(toolUse(String(index), "tool", { index })) : textAnswer("x");
    };
    const transport = new ScriptedTransport(Array.from({ length: 31 }, (_, index) => answer(index)));
    await new Agent({ transport, tools: [anyTool("tool", (input) => input)] }).run("Go");
    expect(counts).toEqual(Array.from({ length: 31 }, () => 0));
  });

  it("of 50 concurrent tools cause no warning", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const tool = anyTool("tool", async (_input, { signal }) => {
      signal.addEventListener("abort", () => undefined, { once: true });
      await settled();
      return "done";
    });
    const calls = Array.from({ length: 50 }, (_, index) => toolUse(String(index), "tool"));
    const transport = new ScriptedTransport([toolAnswer(...calls), textAnswer("Done.")]);
    const { events } = await read(new Agent({ transport, tools: [tool] }).runStream("Go"));
    await settled();
    const warnings = warn.mock.calls.map(([warning]) => String(warning));
    warn.mockRestore();
    expect(warnings).toEqual([]);
    expect(toolResults(events)).toHaveLength(50);
  });
});
