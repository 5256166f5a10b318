import { assistantMessage, estimateTokens, MemoryContextStore, userMessage } from "axio";
import { describe, expect, it } from "vitest";

const question = userMessage("Who are you?");
const answer = assistantMessage("A test.");

describe("MemoryContextStore", () => {
  it("returns appended messages in order, and none after clear()", async () => {
    const store = new MemoryContextStore([question]);
    await store.append([answer]);
    expect(await store.history()).toEqual([question, answer]);
    await store.clear();
    expect(await store.history()).toEqual([]);
    expect(await store.tokenCount()).toBe(0);
  });

  it("returns a history that later appends do not change", async () => {
    const store = new MemoryContextStore([question]);
    const before = await store.history();
    await store.append([answer]);
    expect(before).toEqual([question]);
  });

  it("uses the count of the provider, and estimates later messages", async () => {
    const store = new MemoryContextStore();
    await store.append([question, answer], { contextTokens: 1_234 });
    expect(await store.tokenCount()).toBe(1_234);
    await store.append([question]);
    expect(await store.tokenCount()).toBe(1_234 + estimateTokens([question]));
    await store.compact([question], 2);
    expect(await store.tokenCount()).toBe(estimateTokens([question, question]));
  });

  it("replaces its first messages, and rejects an invalid count", async () => {
    const store = new MemoryContextStore([question, answer, question]);
    await store.compact([answer], 2);
    expect(await store.history()).toEqual([answer, question]);
    for (const count of [3, -1, 0.5])
      await expect(store.compact([], count)).rejects.toThrow(/cannot be replaced/);
    expect(await store.history()).toEqual([answer, question]);
  });
});

describe("a fork", () => {
  it("starts with the same messages and count, and is independent", async () => {
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
