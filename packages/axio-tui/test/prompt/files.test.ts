import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { namedPaths, readAttachments } from "../../src/prompt/attachments.ts";
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

describe("namedPaths", () => {
  it("finds paths after @, also in quotes, and dropped pictures as terminals insert them", () => {
    expect(namedPaths('See @src/a.ts, and @"my notes.md"!')).toEqual(["src/a.ts", "my notes.md"]);
    expect(namedPaths("/tmp/my\\ photo.png '/home/me/a b.jpg' file:///tmp/c.webp")).toEqual([
      "/tmp/my photo.png",
      "/home/me/a b.jpg",
      "file:///tmp/c.webp",
    ]);
    expect(namedPaths("mail ada@example.com about photo.png")).toEqual([]);
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
