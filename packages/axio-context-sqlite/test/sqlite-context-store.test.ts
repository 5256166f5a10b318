import { assistantMessage, estimateTokens, type Message, userMessage } from "axio";
import { describe, expect, it } from "vitest";
import { openDatabase } from "./support/open-database.ts";

const question = userMessage("Who are you?");
const answer = assistantMessage("A test.");

describe("a session in a file", () => {
  it("returns the messages after the file was closed and reopened", async () => {
    const first = await openDatabase();
    const { id } = await first.create([question]);
    await (await first.open(id)).append([answer], { contextTokens: 17 });
    await first.close();
    const store = await (await openDatabase(first.path)).open(id);
    expect(await store.history()).toEqual([question, answer]);
    expect(await store.tokenCount()).toBe(17);
  });

  it("keeps every kind of block, large images and unusual characters", async () => {
    const database = await openDatabase();
    const message: Message = {
      role: "user",
      content: [
        { type: "text", text: "NUL \0, half \ud800 a pair, 🦜", providerData: { responses: { id: "x" } } },
        {
          type: "image",
          mediaType: "image/png",
          source: { kind: "base64", data: "iVBORw0K".repeat(1_000_000) },
        },
        { type: "tool-result", toolCallId: "call", content: [{ type: "text", text: "" }], isError: true },
        { type: "opaque", kind: "new", providerData: { responses: { deep: [{ null: null }, 1e-7] } } },
      ],
    };
    const { id } = await database.create([message]);
    await database.close();
    const again = await openDatabase(database.path);
    expect(await (await again.open(id)).history()).toEqual([message]);
    expect((await again.list({ search: "half" }))[0]).toMatchObject({ id, messageCount: 1 });
  });

  it("sees the changes of another store of the same session", async () => {
    const database = await openDatabase();
    const mine = await database.create([question]);
    const other = await (await openDatabase(database.path)).open(mine.id);
    expect(await other.history()).toEqual([question]);
    await mine.append([answer]);
    expect(await other.history()).toEqual([question, answer]);
    await mine.compact([answer], 1);
    expect(await other.history()).toEqual([answer, answer]);
    await mine.compact([], 2);
    await mine.append([question]);
    expect(await other.history()).toEqual([question]);
    await mine.clear();
    await mine.append([answer]);
    expect(await other.history()).toEqual([answer]);
  });

  it("returns the same immutable history until something changes", async () => {
    const store = await (await openDatabase()).create([question]);
    const before = await store.history();
    expect(await store.history()).toBe(before);
    await store.append([answer]);
    expect(before).toEqual([question]);
  });

  it("runs concurrent calls in order", async () => {
    const store = await (await openDatabase()).create();
    const texts = Array.from({ length: 50 }, (_, index) => `${index}`);
    const writes = texts.map((text) => store.append([userMessage(text)]));
    expect(await store.history()).toEqual(texts.map((text) => userMessage(text)));
    await Promise.all(writes);
  });

  it("stores nothing if one message is invalid", async () => {
    const store = await (await openDatabase()).create([question]);
    const wrong = { role: "user", content: [{ type: "text" }] } as unknown as Message;
    await expect(store.append([answer, wrong])).rejects.toMatchObject({ code: "invalid-argument" });
    const circular = { role: "user", content: [{ type: "text", text: "x" }] } as unknown as { self: unknown };
    circular.self = circular;
    await expect(store.append([answer, circular as unknown as Message])).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await store.history()).toEqual([question]);
  });

  it("rejects compacting more messages than there are, without a change", async () => {
    const store = await (await openDatabase()).create([question, answer]);
    for (const count of [3, -1, 0.5])
      await expect(store.compact([], count)).rejects.toThrow(/: the history has 2/);
    expect(await store.history()).toEqual([question, answer]);
  });

  it("uses the provider's token count, and estimates later and compacted messages", async () => {
    const store = await (await openDatabase()).create();
    await store.append([question, answer], { contextTokens: 1_234 });
    expect(await store.tokenCount()).toBe(1_234);
    await store.append([question]);
    expect(await store.tokenCount()).toBe(1_234 + estimateTokens([question]));
    const fork = await store.fork();
    await store.compact([question], 2);
    expect(await store.tokenCount()).toBe(2 * estimateTokens([question]));
    expect(await fork.tokenCount()).toBe(1_234 + estimateTokens([question]));
  });
});

describe("a fork", () => {
  it("starts with the same messages and is independent of the original", async () => {
    const database = await openDatabase();
    const store = await database.create([question]);
    const fork = await store.fork();
    await fork.append([answer]);
    await store.append([question]);
    expect(await store.history()).toEqual([question, question]);
    await database.delete(store.id);
    expect(await fork.history()).toEqual([question, answer]);
    expect(await database.list()).toMatchObject([{ id: fork.id, forkedFrom: store.id, messageCount: 2 }]);
    await expect(store.append([answer])).rejects.toThrow(`There is no session ${store.id}`);
  });

  it("shares the stored messages", async () => {
    const { statSync } = await import("node:fs");
    const database = await openDatabase();
    const store = await database.create([userMessage("x".repeat(3_000_000))]);
    for (let count = 0; count < 20; count += 1) await store.fork();
    await database.close();
    expect(statSync(database.path).size).toBeLessThan(20_000_000);
  });
});
