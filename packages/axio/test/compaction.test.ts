import {
  AutoCompactingStore,
  AxioError,
  type Block,
  compactContext,
  estimateTokens,
  MemoryContextStore,
  type Message,
  summarizeWith,
  userMessage,
} from "axio";
import { ScriptedTransport, stepEnd, textAnswer, textBlock } from "axio/testing";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { chooseCut, findCuts } from "../src/history-cuts.ts";
import { deferred, failure } from "./support.ts";

const call = (id: string): Message => ({
  role: "assistant",
  content: [{ type: "tool-use", id, name: "tool", input: {} }],
});
const result = (id: string, content = "ok"): Message => ({
  role: "user",
  content: [{ type: "tool-result", toolCallId: id, content }],
});
const said = (role: "user" | "assistant", text: string): Message => ({
  role,
  content: [{ type: "text", text }],
});
const long = "word ".repeat(200);

/** Returns the calls without results, and the results without calls. */
function separated(messages: readonly Message[]): readonly string[] {
  const open = new Set<string>();
  const strays: string[] = [];
  for (const block of messages.flatMap(({ content }): readonly Block[] => content)) {
    if (block.type === "tool-use") open.add(block.id);
    else if (block.type === "tool-result" && !open.delete(block.toolCallId)) strays.push(block.toolCallId);
  }
  return [...strays, ...open];
}

const turn = fc.record({
  prompt: fc.string({ maxLength: 300 }),
  rounds: fc.array(
    fc.record({ calls: fc.integer({ min: 1, max: 3 }), size: fc.integer({ min: 0, max: 800 }) }),
    {
      maxLength: 4,
    },
  ),
  answer: fc.string({ maxLength: 300 }),
});
const histories = fc.array(turn, { maxLength: 8 }).map((turns) =>
  turns.flatMap(({ prompt, rounds, answer }, turnIndex): readonly Message[] => [
    said("user", prompt),
    ...rounds.flatMap(({ calls, size }, round) => {
      const ids = Array.from({ length: calls }, (_, index) => `${turnIndex}-${round}-${index}`);
      return [
        { role: "assistant" as const, content: ids.flatMap((id) => call(id).content) },
        { role: "user" as const, content: ids.flatMap((id) => result(id, "x".repeat(size)).content) },
      ];
    }),
    said("assistant", answer),
  ]),
);

describe("cuts", () => {
  it("never separate a call from its result", () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 3_000 }), (messages, keepTokens) => {
        for (const cut of [
          ...findCuts(messages),
          ...findCuts(messages, true),
          chooseCut(messages, keepTokens),
        ]) {
          expect(separated(messages.slice(0, cut))).toEqual([]);
          expect(separated(messages.slice(cut))).toEqual([]);
        }
      }),
    );
  });

  it("keep as much as fits, and always the newest message", () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 3_000 }), (messages, keepTokens) => {
        const cut = chooseCut(messages, keepTokens);
        expect(cut).toBeLessThan(Math.max(1, messages.length));
        expect(cut).not.toBe(1);
        const earlier = findCuts(messages).filter((other) => other > 1 && other < cut);
        for (const other of earlier) {
          if (estimateTokens(messages.slice(cut)) <= keepTokens)
            expect(estimateTokens(messages.slice(other))).toBeGreaterThan(keepTokens - messages.length);
        }
      }),
    );
  });

  it("are between runs if that is enough, otherwise inside a long run", () => {
    const messages = [said("user", "a"), said("assistant", long), said("user", "b"), said("assistant", "c")];
    expect(chooseCut(messages, 100)).toBe(2);
    const working = [said("user", "go"), call("1"), result("1", long), call("2"), result("2", "short")];
    expect(findCuts(working)).toEqual([0]);
    expect(chooseCut(working, 100)).toBe(3);
    expect(chooseCut(working.slice(0, 3), 100)).toBe(0);
    // An imported history in which the user wrote while the tool ran.
    const spoken = [said("user", long), said("assistant", "a"), call("1"), said("user", "b"), result("1")];
    expect(findCuts(spoken, true)).toEqual([0, 1, 2]);
  });
});

describe("compactContext()", () => {
  const messages = [said("user", long), said("assistant", long), said("user", "b"), said("assistant", "c")];

  it("replaces the older part with a summary", async () => {
    const context = new MemoryContextStore(messages);
    const transport = new ScriptedTransport([textAnswer("  They spoke.  ")]);
    const done = await compactContext(context, { strategy: summarizeWith(transport), keepTokens: 100 });
    const history = await context.history();
    expect(history).toEqual([
      userMessage("Summary of the conversation so far:\n\nThey spoke."),
      ...messages.slice(2),
    ]);
    expect(done).toEqual({
      replaced: 2,
      shortened: 0,
      tokensBefore: estimateTokens(messages),
      tokensAfter: estimateTokens(history),
    });
    expect(transport.requests[0]?.messages.slice(0, 2)).toEqual(messages.slice(0, 2));
    expect(transport.requests[0]?.tools).toEqual([]);
  });

  it("sends no request if nothing can be cut off", async () => {
    const strategy = vi.fn();
    const context = new MemoryContextStore(messages.slice(0, 2));
    expect(await compactContext(context, { strategy, keepTokens: 1 })).toMatchObject({ replaced: 0 });
    expect(strategy).not.toHaveBeenCalled();
  });

  it.each([
    ["is empty", [...textBlock(" "), stepEnd()], "protocol"],
    ["was cut off", [...textBlock("They"), stepEnd("max-output-tokens")], "protocol"],
    ["was refused", [...textBlock("No."), stepEnd("refusal")], "protocol"],
    ["stopped without an end", textBlock("They"), "stream-truncated"],
  ])("leaves the history unchanged if the summary %s", async (_name, answer, code) => {
    const context = new MemoryContextStore(messages);
    const strategy = summarizeWith(new ScriptedTransport([answer]));
    expect(await failure(compactContext(context, { strategy, keepTokens: 100 }))).toMatchObject({ code });
    expect(await context.history()).toEqual(messages);
  });

  it("keeps messages that are appended meanwhile, and replaces nothing that changes meanwhile", async () => {
    const appended = new MemoryContextStore(messages);
    await compactContext(appended, {
      keepTokens: 100,
      strategy: async () => {
        await appended.append([said("user", "d")]);
        return [said("user", "sum")];
      },
    });
    expect((await appended.history()).map(({ content }) => content[0])).toMatchObject([
      { text: "sum" },
      { text: "b" },
      { text: "c" },
      { text: "d" },
    ]);
    const cleared = new MemoryContextStore(messages);
    const done = await compactContext(cleared, {
      keepTokens: 100,
      strategy: async () => {
        await cleared.clear();
        await cleared.append([said("user", "new"), said("assistant", "new"), said("user", "new")]);
        return [said("user", "sum")];
      },
    });
    expect(done.replaced).toBe(0);
    expect(await cleared.history()).toHaveLength(3);
  });

  it("is aborted by its signal, before the strategy and after one that ignores it", async () => {
    const context = new MemoryContextStore(messages);
    const strategy = vi.fn(async () => [said("user", "sum")]);
    const before = compactContext(context, { strategy, keepTokens: 100, signal: AbortSignal.abort() });
    expect(await failure(before)).toMatchObject({ code: "aborted" });
    expect(strategy).not.toHaveBeenCalled();
    const controller = new AbortController();
    strategy.mockImplementation(async () => {
      controller.abort();
      return [];
    });
    const during = compactContext(context, { strategy, keepTokens: 100, signal: controller.signal });
    expect(await failure(during)).toMatchObject({ code: "aborted" });
    expect(await context.history()).toEqual(messages);
  });
});

describe("AutoCompactingStore", () => {
  const pair = (text: string): Message[] => [said("user", text), said("assistant", text)];
  const summary = async () => [said("user", "sum")];

  it("compacts when it exceeds its limit, and reports it", async () => {
    const onCompaction = vi.fn();
    const store = new AutoCompactingStore(new MemoryContextStore(), {
      maxTokens: 300,
      keepTokens: 50,
      strategy: summary,
      onCompaction,
    });
    await store.append(pair("short"));
    expect(onCompaction).not.toHaveBeenCalled();
    await store.append(pair(long));
    await store.append(pair("newest"));
    expect(await store.history()).toEqual([said("user", "sum"), ...pair("newest")]);
    expect(onCompaction).toHaveBeenLastCalledWith(expect.objectContaining({ replaced: 3 }));
    expect(await store.tokenCount()).toBeLessThan(300);
  });

  it("keeps the messages if the strategy or the count fails, reports it, and tries again", async () => {
    const inner = new MemoryContextStore(pair(long));
    const onFailure = vi.fn();
    const strategy = vi.fn(summary).mockRejectedValueOnce(new Error("no model"));
    const store = new AutoCompactingStore(inner, { maxTokens: 100, strategy, onFailure });
    await store.append(pair("one"));
    expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ message: "no model" }));
    expect(await store.history()).toHaveLength(4);
    vi.spyOn(inner, "tokenCount").mockRejectedValueOnce(new Error("no count"));
    await store.append(pair("two"));
    expect(onFailure).toHaveBeenCalledTimes(2);
    expect(await store.history()).toHaveLength(6);
    await store.append(pair("three"));
    expect((await store.history())[0]).toEqual(said("user", "sum"));
  });

  it("fails the append if the messages cannot be stored", async () => {
    const inner = new MemoryContextStore();
    vi.spyOn(inner, "append").mockRejectedValue(new Error("disk full"));
    const store = new AutoCompactingStore(inner, { maxTokens: 100, strategy: summary });
    await expect(store.append(pair("x"))).rejects.toThrow("disk full");
  });

  it("writes one summary at a time", async () => {
    const gate = deferred();
    const strategy = vi.fn(async () => {
      await gate.promise;
      return [said("user", "sum")];
    });
    const store = new AutoCompactingStore(new MemoryContextStore(pair(long)), { maxTokens: 100, strategy });
    const first = store.append(pair("one"));
    await store.append(pair("two"));
    gate.resolve();
    await first;
    expect(strategy).toHaveBeenCalledTimes(1);
    expect(await store.history()).toEqual([said("user", "sum"), ...pair("one"), ...pair("two")]);
  });

  it("does not summarize its last summary", async () => {
    const strategy = vi.fn(summary);
    const store = new AutoCompactingStore(new MemoryContextStore(), { maxTokens: 100, strategy });
    await store.append([said("user", "sum"), said("user", long), said("assistant", long)]);
    await store.append([]);
    expect(strategy).not.toHaveBeenCalled();
  });

  it("forks into a store that compacts too, and delegates everything else", async () => {
    const inner = new MemoryContextStore(pair("a"));
    const strategy = vi.fn(summary);
    const store = new AutoCompactingStore(inner, { maxTokens: 100, strategy });
    const fork = await store.fork();
    await fork.append(pair(long));
    await fork.append(pair("b"));
    expect(strategy).toHaveBeenCalled();
    expect(await store.history()).toHaveLength(2);
    expect(store.id).toBe(inner.id);
    await store.compact([], 1);
    expect(await inner.history()).toHaveLength(1);
    await store.clear();
    expect(await inner.history()).toEqual([]);
  });

  it("rejects a keepTokens that is not less than its limit", () => {
    const store = new MemoryContextStore();
    const make = (maxTokens: number, keepTokens: number) => () =>
      new AutoCompactingStore(store, { maxTokens, keepTokens, strategy: summary });
    expect(make(100, 100)).toThrow(/less than maxTokens/);
    expect(make(Number.NaN, 1)).toThrow(/less than maxTokens/);
  });
});

describe("class 4, a history that summaries cannot shorten", () => {
  const summary = async () => [said("user", "sum")];
  const huge = `begin${"x".repeat(400_000)}end`;
  const newest = [said("user", "go"), call("1"), result("1", huge), call("2"), result("2", "short")];

  it("has its large results shortened, head and tail kept, and says so", async () => {
    const onCompaction = vi.fn();
    const onFailure = vi.fn();
    const strategy = vi.fn(summary);
    const store = new AutoCompactingStore(new MemoryContextStore(), {
      maxTokens: 10_000,
      strategy,
      onCompaction,
      onFailure,
    });
    await store.append(newest.slice(0, 3));
    expect(strategy).not.toHaveBeenCalled();
    expect(onFailure).not.toHaveBeenCalled();
    expect(onCompaction).toHaveBeenCalledWith(expect.objectContaining({ replaced: 0, shortened: 1 }));
    expect(await store.tokenCount()).toBeLessThan(6_000);
    const [block] = (await store.history())[2]?.content ?? [];
    expect(block).toMatchObject({ content: expect.stringMatching(/^beginx+\n\[….*omitted …\]\nx+end$/) });
    expect(separated(await store.history())).toEqual([]);
  });

  it("is summarized and shortened if both are needed", async () => {
    const context = new MemoryContextStore([
      said("user", long),
      said("assistant", long),
      ...newest.slice(0, 3),
    ]);
    const done = await compactContext(context, { strategy: summary, keepTokens: 100, maxTokens: 5_000 });
    expect(done).toMatchObject({ replaced: 2, shortened: 1 });
    expect((await context.history()).map(({ role }) => role)).toEqual(["user", "user", "assistant", "user"]);
    expect(done.tokensAfter).toBeLessThan(5_000);
  });

  it("is reported once if nothing can be shortened, and again after it was shorter", async () => {
    const onFailure = vi.fn();
    const store = new AutoCompactingStore(new MemoryContextStore(), {
      maxTokens: 100,
      strategy: summary,
      onFailure,
    });
    await store.append([said("user", long)]);
    await store.append([said("assistant", long)]);
    expect(onFailure).toHaveBeenCalledOnce();
    expect(onFailure).toHaveBeenCalledWith(
      expect.objectContaining({ code: "context-length", message: expect.stringMatching(/limit of 100/) }),
    );
    await store.clear();
    await store.append([said("user", "short")]);
    await store.append([said("user", long)]);
    expect(onFailure).toHaveBeenCalledTimes(2);
  });

  it("can be read by the model that writes the summary", async () => {
    const model = { id: "small", capabilities: [], contextWindow: 10_000 };
    const transport = new ScriptedTransport([textAnswer("Sum.")], [model]);
    await summarizeWith(transport)(newest, {});
    expect(estimateTokens(transport.requests[0]?.messages ?? [])).toBeLessThan(9_000);
  });

  it.each([
    ["long prompts", Array.from({ length: 5 }, () => said("user", long.repeat(40)))],
    ["many short messages", Array.from({ length: 5_000 }, () => said("user", "word ".repeat(4)))],
    [
      "large inputs of tools",
      Array.from({ length: 9 }, (_, index): readonly Message[] => [
        {
          role: "assistant",
          content: [
            { type: "tool-use", id: `c${index}`, name: "write", input: { content: long.repeat(20) } },
          ],
        },
        result(`c${index}`),
      ]).flat(),
    ],
  ])("can be read by a model with a smaller context window: %s", async (_name, messages) => {
    const model = { id: "small", capabilities: [], contextWindow: 10_000 };
    const transport = new ScriptedTransport([textAnswer("Sum.")], [model]);
    await summarizeWith(transport)([...messages, said("user", "The newest.")], {});
    const sent = transport.requests[0]?.messages ?? [];
    expect(estimateTokens(sent)).toBeLessThan(9_000);
    expect(JSON.stringify(sent)).toContain("The newest.");
    expect(separated(sent)).toEqual([]);
  });

  it("is repeated with less if the model refuses its length, and says what is left out", async () => {
    const refusal = new AxioError("context-length", "Too long.");
    const transport = new ScriptedTransport([refusal, refusal, refusal, textAnswer("Sum.")]);
    const messages = Array.from({ length: 2_000 }, (_, index) => said("user", `Message ${index} ${long}`));
    const [summarized] = await summarizeWith(transport)(messages, {});
    const tokens = transport.requests.map((request) => estimateTokens(request.messages));
    expect(tokens.every((count, index) => index === 0 || count < (tokens[index - 1] ?? 0) * 0.6)).toBe(true);
    expect(summarized?.content).toEqual([
      { type: "text", text: expect.stringMatching(/without its first 1\d\d\d messages.*:\n\nSum\.$/s) },
    ]);
  });

  it("fails with the refusal if even little is too long", async () => {
    const refusals = Array.from({ length: 9 }, () => new AxioError("context-length", "Too long."));
    const transport = new ScriptedTransport(refusals);
    const error = await failure(summarizeWith(transport)([said("user", long.repeat(9))], {}));
    expect(error).toMatchObject({ code: "context-length" });
    expect(transport.requests.length).toBeLessThan(5);
  });

  it("keeps its calls and results together, and ends below its limit or reports it, for any history", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 50, max: 2_000 }), async (messages, maxTokens) => {
        const onFailure = vi.fn();
        const inner = new MemoryContextStore();
        const store = new AutoCompactingStore(inner, { maxTokens, strategy: summary, onFailure });
        await store.append(messages);
        expect(separated(await store.history())).toEqual([]);
        if ((await store.tokenCount()) > maxTokens) expect(onFailure).toHaveBeenCalledOnce();
      }),
      { numRuns: 50 },
    );
  });
});
