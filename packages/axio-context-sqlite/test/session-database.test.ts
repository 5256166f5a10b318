import { assistantMessage, type Message, parseMessages, userMessage } from "axio";
import { describe, expect, it, vi } from "vitest";
import type { SessionDatabase } from "../src/index.ts";
import { openDatabase } from "./support/open-database.ts";

async function previews(database: SessionDatabase, search?: string): Promise<readonly string[]> {
  return (await database.list({ search })).map(({ preview }) => preview);
}

describe("list()", () => {
  it("lists sessions with messages, most recently changed first, up to the limit", async () => {
    vi.useFakeTimers({ now: 1_000, toFake: ["Date"] });
    try {
      const database = await openDatabase();
      const oldest = await database.create([userMessage("one")]);
      await database.create();
      vi.setSystemTime(2_000);
      await database.create([assistantMessage("Hello."), userMessage("two")]);
      vi.setSystemTime(3_000);
      await oldest.append([assistantMessage("uno")], { contextTokens: 99 });
      expect(await database.list()).toEqual([
        {
          id: oldest.id,
          createdAt: 1_000,
          updatedAt: 3_000,
          messageCount: 2,
          preview: "one",
          tokenCount: 99,
        },
        expect.objectContaining({ preview: "two", messageCount: 2, updatedAt: 2_000 }),
      ]);
      expect(await database.list({ limit: 1 })).toHaveLength(1);
      const fork = await oldest.fork();
      expect((await database.list())[0]).toMatchObject({ id: fork.id, forkedFrom: oldest.id });
      vi.setSystemTime(4_000);
      await oldest.clear();
      await oldest.append([userMessage("x".repeat(200))]);
      expect((await database.list())[0]).toMatchObject({ id: oldest.id, preview: "x".repeat(80) });
    } finally {
      vi.useRealTimers();
    }
  });

  it("rejects an invalid limit", async () => {
    const database = await openDatabase();
    for (const limit of [-1, 0.5, Number.NaN])
      await expect(database.list({ limit })).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("search", () => {
  it("finds sessions in which one message contains all words, ignoring case", async () => {
    const database = await openDatabase();
    await database.create([userMessage("first"), assistantMessage("The Rust BORROW checker, explained.")]);
    await database.create([userMessage("second"), assistantMessage("Rust never sleeps."), userMessage("ok")]);
    expect(await previews(database, "rust")).toEqual(["second", "first"]);
    expect(await previews(database, "orro RUST")).toEqual(["first"]);
    expect(await previews(database, "rust ok")).toEqual([]);
    expect(await previews(database, "python")).toEqual([]);
    expect(await previews(database, "  ")).toEqual(["second", "first"]);
  });

  it("finds words of any script, including short ones", async () => {
    const database = await openDatabase();
    await database.create([userMessage("Ärger mit der STRAßE")]);
    await database.create([userMessage("你好，世界。你会说中文吗？")]);
    await database.create([userMessage("cafe\u0301 🦜")]);
    expect(await previews(database, "ärger")).toHaveLength(1);
    expect(await previews(database, "är")).toHaveLength(1);
    expect(await previews(database, "世界")).toHaveLength(1);
    expect(await previews(database, "说中文")).toHaveLength(1);
    expect(await previews(database, "caf\u00e9")).toHaveLength(1);
    expect(await previews(database, "🦜")).toHaveLength(1);
  });

  it("treats characters of the query and pattern syntax literally", async () => {
    const database = await openDatabase();
    await database.create([userMessage('say "hello" AND (go) 100% a_b \\n')]);
    for (const search of ['"hello"', "AND", "(go)", "0%", "_b", "\\n", "%"])
      expect(await previews(database, search), search).toHaveLength(1);
    for (const search of ["hel*", "NEAR(say hello)", "1%0", "a%b", "y_", "_y", "'", '"'.repeat(5)])
      expect(await previews(database, search), search).toHaveLength(0);
  });

  it("returns the text around the match", async () => {
    const database = await openDatabase();
    await database.create([
      userMessage("Hi"),
      assistantMessage(`${"a ".repeat(500)}\nNeedle\n${"b ".repeat(500)}`),
    ]);
    const [found] = await database.list({ search: "needle" });
    expect(found?.preview).toBe("Hi");
    expect(found?.excerpt).toMatch(/^…[a ]+ Needle [b ]+…$/);
  });

  it("finds no cleared, compacted or deleted messages, unless a fork has them", async () => {
    const database = await openDatabase();
    const stores = await Promise.all(
      ["one", "two", "three"].map((name) => database.create([userMessage(`secret ${name}`)])),
    );
    const [one, two, three] = stores;
    await one?.clear();
    await two?.compact([userMessage("summary")], 1);
    const fork = await three?.fork();
    await database.delete(three?.id ?? "");
    expect((await database.list({ search: "secret" })).map(({ id }) => id)).toEqual([fork?.id]);
    expect(await previews(database, "summary")).toEqual(["summary"]);
  });
});

describe("delete()", () => {
  it("overwrites the text in the file", async () => {
    const { readFileSync } = await import("node:fs");
    const database = await openDatabase();
    const { id } = await database.create([userMessage("the word is Xylophone-4711")]);
    await database.create([userMessage("something else")]);
    await database.delete(id);
    await expect(database.open(id)).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(database.delete(id)).rejects.toThrow(`There is no session ${id}`);
    await database.close();
    expect(readFileSync(database.path).includes("Xylophone-4711")).toBe(false);
    expect(readFileSync(database.path).includes("something else")).toBe(true);
  });
});

const conversation: readonly Message[] = [
  userMessage("Read a.txt,\nplease."),
  {
    role: "assistant",
    content: [
      { type: "reasoning", text: "I need\nthe file." },
      { type: "text", text: "I look." },
      { type: "tool-use", id: "1", name: "read_file", input: { path: "a.txt" } },
    ],
  },
  {
    role: "user",
    content: [{ type: "tool-result", toolCallId: "1", content: "```js\nlet x;\n```\n", isError: true }],
  },
  {
    role: "assistant",
    content: [
      { type: "text", text: "It is **code**." },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } },
    ],
  },
];

describe("export", () => {
  it("exports JSON that can be imported without loss", async () => {
    const database = await openDatabase();
    const store = await database.create(conversation);
    const json: Record<string, unknown> = JSON.parse(await database.exportJson(store.id));
    expect(json).toMatchObject({ format: "axio-session", version: 1, id: store.id });
    const copy = await database.create(parseMessages(json["messages"]));
    expect(await copy.history()).toEqual(conversation);
    expect(await copy.tokenCount()).toBe(await store.tokenCount());
  });

  it("exports Markdown", async () => {
    const database = await openDatabase();
    const store = await database.create(conversation);
    const markdown = await database.exportMarkdown(store.id);
    const body = markdown.slice(markdown.indexOf("## "));
    expect(markdown).toMatch(/^# Read a\.txt, please\.\n\nSession [\w-]+, started \d{4}-.*Z\.\n\n## User/);
    expect(body).toMatchInlineSnapshot(`
      "## User

      Read a.txt,
      please.

      ## Assistant

      > I need
      > the file.

      I look.

      **read_file**

      \`\`\`json
      {
        "path": "a.txt"
      }
      \`\`\`

      ## Tools

      **Result (failed)**

      \`\`\`\`
      \`\`\`js
      let x;
      \`\`\`
      \`\`\`\`

      ## Assistant

      It is **code**.

      *[image, image/png]*
      "
    `);
  });

  it("rejects an unknown session", async () => {
    const database = await openDatabase();
    for (const format of [database.exportJson("x"), database.exportMarkdown("x"), database.open("x")])
      await expect(format).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("close()", () => {
  it("can be called twice, and later calls name the remedy", async () => {
    const database = await openDatabase();
    const store = await database.create([userMessage("Hi")]);
    const write = store.append([assistantMessage("Hello")]);
    await Promise.all([database.close(), database.close(), write]);
    await expect(store.history()).rejects.toThrow(/Open it again with openSessions\(\)/);
    const again = await openDatabase(database.path);
    expect(await (await again.open(store.id)).history()).toHaveLength(2);
  });
});
