import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readAttachments } from "../../src/prompt/attachments.ts";
import { namedPaths } from "../../src/prompt/named-paths.ts";
import { rankFiles } from "../../src/prompt/rank-files.ts";

async function folderWith(files: { readonly [path: string]: string | Buffer }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "axio-files-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** The attachments of a prompt: the paths of texts, and the notes. */
async function attached(folder: string, prompt: string): Promise<readonly string[]> {
  const { blocks, notes, problems } = await readAttachments(prompt, {
    cwd: folder,
    home: folder,
    acceptsImages: true,
  });
  const paths = blocks.flatMap((block) =>
    block.type === "text" ? (/path="([^"]*)"/.exec(block.text)?.slice(1) ?? []) : [block.type],
  );
  return [...paths, ...notes, ...problems];
}

describe("namedPaths", () => {
  it("finds paths after @, also in quotes, and dropped pictures as terminals insert them", () => {
    const words = (text: string): readonly string[] => namedPaths(text).map(({ word }) => word);
    expect(words('See @src/a.ts, and @"my notes.md"!')).toEqual(["src/a.ts", "my notes.md"]);
    expect(words("/tmp/my\\ photo.png '/home/me/a b.jpg' file:///tmp/c.webp")).toEqual([
      "/tmp/my photo.png",
      "/home/me/a b.jpg",
      "file:///tmp/c.webp",
    ]);
    expect(words("mail ada@example.com about photo.png")).toEqual([]);
  });
});

describe("a path in a sentence", () => {
  it.each([
    "Read @README.md.",
    "Read @README.md, please",
    "Is it in @README.md?",
    "(see @README.md)",
    "[@README.md]",
    "see (@README.md).",
    "@README.md: what is it?",
    "Read @README.md!!",
    "Read @README.md…",
    "Read «@README.md».",
    "What is @README.md's title?",
    "What is @README.md’s title?",
    "Explain @README.md:12",
    "Explain @README.md:12:5.",
    "Explain @README.md:12-20,",
    "Explain @README.md#L12",
    "Explain @README.md#L12-L20?",
    "Explain @(README.md)",
    "Explain @[README.md].",
    "Explain @<README.md>",
    "Explain @“README.md”",
    'Explain "@README.md".',
    "Explain @'README.md'.",
    "Explain @`README.md`.",
    "**@README.md**",
    "@README.md\u3002",
    "@./README.md, @README.md",
    "@README.md,@README.md",
    "@README.md—and nothing else",
    "@README.md, then",
    "@README.md,then",
    "@README.md(line 12)",
  ])("%s", async (prompt) => {
    const folder = await folderWith({ "README.md": "# Title" });
    expect((await attached(folder, prompt)).map((path) => path.replace("./", ""))).toEqual(["README.md"]);
  });

  it.each(["notes.", "it's", "a:12", "b#L3", "(c)", "d,e.txt"])("may end like this: @%s", async (name) => {
    const folder = await folderWith({ [name]: "text", a: "", b: "", c: "", it: "", notes: "", d: "" });
    expect(await attached(folder, `Read @${name}`)).toEqual([name]);
  });

  it.each([
    "Write to ada@README.md",
    "ada.lovelace@README.md",
    "Thanks @ada",
    "Thanks @ada.",
    "cc @ada, @grace",
    "Use @types/node and @babel/core.",
    "at 5 @ home",
    "what is @?",
    "@..",
    "user@@README.md",
  ])("does not exist in: %s", async (prompt) => {
    expect(await attached(await folderWith({ "README.md": "", "example.com": "" }), prompt)).toEqual([]);
  });

  it.each([
    ["Read @REAMDE.md.", "REAMDE.md"],
    ["Read @src/lib/missing", "src/lib/missing"],
    ["Read @./missing", "./missing"],
    ['Read @"my notes"', "my notes"],
  ])("is said not to exist: %s", async (prompt, name) => {
    const [note, ...more] = await attached(await folderWith({}), prompt);
    expect(note).toContain(`There is no file ${name} here`);
    expect(more).toEqual([]);
  });

  it("to a folder attaches its listing", async () => {
    const folder = await folderWith({ "src/b.ts": "", "src/deep/c.ts": "" });
    const { blocks } = await readAttachments("What is in @src/?", {
      cwd: folder,
      home: folder,
      acceptsImages: true,
    });
    expect(blocks).toEqual([{ type: "text", text: '<folder path="src/">\nb.ts\ndeep/\n</folder>' }]);
  });

  it("that is a link out of the folder is not followed", async () => {
    const [folder, secret] = [await folderWith({ "real.md": "" }), await folderWith({ id: "SECRET" })];
    await symlink(join(secret, "id"), join(folder, "AGENTS.md"));
    await symlink(secret, join(folder, "docs"));
    await symlink("real.md", join(folder, "inside.md"));
    const found = await attached(folder, "@AGENTS.md @docs @docs/id @inside.md");
    expect(found[0]).toBe("inside.md");
    expect(found.slice(1)).toEqual(Array(3).fill(expect.stringContaining("is a link out of this folder")));
  });
});

describe("readAttachments", () => {
  it("says which files are not attached, and why", async () => {
    const folder = await folderWith({
      "big.txt": "x".repeat(300_000),
      "data.bin": Buffer.from([1, 0, 2]),
      "doc.pdf": "%PDF-1.7",
    });
    const { blocks, problems } = await readAttachments("@big.txt @data.bin @doc.pdf @missing.txt", {
      cwd: folder,
      home: folder,
      acceptsImages: true,
    });
    expect(blocks).toMatchObject([{ type: "file", mediaType: "application/pdf", name: "doc.pdf" }]);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain("300 kB");
    expect(problems[1]).toContain("neither text, a picture nor a PDF");
  });
});

describe("files to complete", () => {
  it("are sorted by how well they match", () => {
    const files = ["src/deep/main-menu.ts", "main.ts", "docs/remain.md", "src/m/a/i/n.ts", "other.md"];
    expect(rankFiles(files, "main", 10)).toEqual([
      "main.ts",
      "src/deep/main-menu.ts",
      "docs/remain.md",
      "src/m/a/i/n.ts",
    ]);
  });
});
