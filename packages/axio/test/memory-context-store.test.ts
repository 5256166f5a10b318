import { assistantMessage, estimateTokens, MemoryContextStore, userMessage } from "axio";
import { describe, expect, it, vi } from "vitest";

const question = userMessage("Who are you?");
const answer = assistantMessage("A test.");

describe("a conversation in memory", () => {
  it("gives back what was appended, in order, and forgets it all on clear()", async () => {
    const store = new MemoryContextStore([question]);
    await store.append([answer]);
    expect(await store.history()).toEqual([question, answer]);
    await store.clear();
    expect(await store.history()).toEqual([]);
    expect(await store.tokenCount()).toBe(0);
  });

  it("gives a history that later appends do not change", async () => {
    const store = new MemoryContextStore([question]);
    const before = await store.history();
    await store.append([answer]);
    expect(before).toEqual([question]);
  });

  it("takes the provider's count, and estimates what came after", async () => {
    const store = new MemoryContextStore();
    await store.append([question, answer], { contextTokens: 1_234 });
    expect(await store.tokenCount()).toBe(1_234);
    await store.append([question]);
    expect(await store.tokenCount()).toBe(1_234 + estimateTokens([question]));
    await store.compact([question], 2);
    expect(await store.tokenCount()).toBe(estimateTokens([question, question]));
  });

  it("puts a replacement in the place of its first messages, or refuses", async () => {
    const store = new MemoryContextStore([question, answer, question]);
    await store.compact([answer], 2);
    expect(await store.history()).toEqual([answer, question]);
    for (const count of [3, -1, 0.5])
      await expect(store.compact([], count)).rejects.toThrow(/cannot be replaced/);
    expect(await store.history()).toEqual([answer, question]);
  });
});

describe("a fork", () => {
  it("begins with the same messages and count, and goes its own way", async () => {
    const store = new MemoryContextStore();
    await store.append([question], { contextTokens: 99 });
    const fork = await store.fork();
    expect(fork.id).not.toBe(store.id);
    expect(await fork.tokenCount()).toBe(99);
    await fork.append([answer]);
    await store.append([question]);
    expect(await store.history()).toEqual([question, question]);
    expect(await fork.history()).toEqual([question, answer]);
    await store.clear();
    expect(await fork.history()).toHaveLength(2);
  });
});

describe("the list of sessions", () => {
  it("holds a store and its forks, the newest first, and no stranger", async () => {
    vi.useFakeTimers({ now: 1_000 });
    try {
      const store = new MemoryContextStore([userMessage("x".repeat(200))]);
      const fork = await store.fork();
      new MemoryContextStore([question]);
      expect((await store.listSessions()).map(({ id }) => id)).toEqual([fork.id, store.id]);
      vi.setSystemTime(2_000);
      await store.append([answer]);
      expect(await fork.listSessions()).toEqual([
        { id: store.id, createdAt: 1_000, updatedAt: 2_000, messageCount: 2, preview: "x".repeat(80) },
        {
          id: fork.id,
          createdAt: 1_000,
          updatedAt: 1_000,
          messageCount: 1,
          preview: "x".repeat(80),
          forkedFrom: store.id,
        },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("does not hold a fork alive that nobody uses any more", async () => {
    const { setFlagsFromString } = await import("node:v8");
    const { runInNewContext } = await import("node:vm");
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const store = new MemoryContextStore();
    await (async () => {
      await store.fork();
    })();
    // A WeakRef holds its target until the current job is over.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(await store.listSessions()).toHaveLength(1);
  });
});
