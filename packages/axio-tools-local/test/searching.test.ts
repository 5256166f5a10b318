import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { callIn, workspace } from "./support/workspace.ts";

const PROJECT = {
  ".gitignore": "dist/\n*.log\n!keep.log\n",
  ".github/ci.yml": "run: needle\n",
  ".git/config": "needle\n",
  "dist/out.js": "needle\n",
  "debug.log": "needle\n",
  "keep.log": "needle\n",
  "src/a.ts": "const a = 1;\n// Needle\n",
  "src/deep/b.js": "needle in b\r\n",
  "src/deep/.gitignore": "local.ts\n!wanted.log\n",
  "src/deep/wanted.log": "",
  "src/deep/local.ts": "needle\n",
};

async function lines(
  folder: string,
  name: string,
  input: Record<string, string | number | boolean>,
): Promise<string[]> {
  const { text } = await callIn(folder, name, input);
  return text.split("\n");
}

describe("list_files", () => {
  it("lists one level in the order of names, without what .gitignore leaves out", async () => {
    const { folder } = await workspace(PROJECT);
    await symlink("src/a.ts", join(folder, "main.ts"));
    expect(await lines(folder, "list_files", {})).toEqual([
      ".github/",
      ".gitignore",
      "keep.log",
      "main.ts -> src/a.ts",
      "src/",
    ]);
  });

  it("goes as deep as asked, and shows what is left out where it is named or wanted", async () => {
    const { folder } = await workspace(PROJECT);
    expect(await lines(folder, "list_files", { path: "src", depth: 2 })).toEqual([
      "src/a.ts",
      "src/deep/",
      "src/deep/.gitignore",
      "src/deep/b.js",
      "src/deep/wanted.log",
    ]);
    expect(await lines(folder, "list_files", { path: "dist" })).toEqual(["dist/out.js"]);
    expect(await lines(folder, "list_files", { withIgnored: true })).toContain("debug.log");
  });

  it("stops at a thousand entries and says so", async () => {
    const { folder } = await workspace(
      Object.fromEntries(Array.from({ length: 1_001 }, (_, number) => [`file-${number}`, ""])),
    );
    const found = await lines(folder, "list_files", {});
    expect(found).toHaveLength(1_001);
    expect(found.at(-1)).toBe("[There are more than 1000 entries. List a folder further down.]");
  });

  it("names an empty folder, a file and what is not there", async () => {
    const { folder } = await workspace({ "a.txt": "" });
    await mkdir(join(folder, "empty"));
    expect(await lines(folder, "list_files", { path: "empty" })).toEqual(["[empty holds nothing to list.]"]);
    expect(await lines(folder, "list_files", { path: "a.txt" })).toEqual(["a.txt is no folder."]);
    expect(await lines(folder, "list_files", { path: "gone" })).toEqual(["gone does not exist."]);
  });
});

describe("search_files", () => {
  it("finds lines by a regular expression, as path:line:text", async () => {
    const { folder } = await workspace(PROJECT);
    expect(await lines(folder, "search_files", { pattern: "^needle|n[e]{2}dle$" })).toEqual([
      ".github/ci.yml:1:run: needle",
      "keep.log:1:needle",
      "src/deep/b.js:1:needle in b",
    ]);
    expect(
      await lines(folder, "search_files", { pattern: "needle", ignoreCase: true, glob: "*.ts" }),
    ).toEqual(["src/a.ts:2:// Needle"]);
    expect(await lines(folder, "search_files", { pattern: "a = (\\d)", path: "src/a.ts" })).toEqual([
      "src/a.ts:1:const a = 1;",
    ]);
  });

  it("finds files by name: in every folder, or from the searched one on", async () => {
    const { folder } = await workspace(PROJECT);
    expect(await lines(folder, "search_files", { glob: "*.{ts,js}" })).toEqual(["src/a.ts", "src/deep/b.js"]);
    expect(await lines(folder, "search_files", { glob: "deep/*", path: "src" })).toEqual([
      "src/deep/.gitignore",
      "src/deep/b.js",
      "src/deep/wanted.log",
    ]);
    expect(await lines(folder, "search_files", { glob: "*.js", withIgnored: true })).toEqual([
      "dist/out.js",
      "src/deep/b.js",
    ]);
  });

  it("says what it did not find, and what it cannot use", async () => {
    const { folder } = await workspace(PROJECT);
    expect(await lines(folder, "search_files", { pattern: "absent" })).toEqual(["[Nothing was found.]"]);
    expect((await callIn(folder, "search_files", { pattern: "(" })).text).toMatch(
      /^The pattern is no regular expression: .*Unterminated group/,
    );
    expect((await callIn(folder, "search_files", {})).text).toBe('Give a "pattern", a "glob" or both.');
    expect((await callIn(folder, "search_files", { pattern: "a", path: "gone" })).text).toBe(
      "gone does not exist.",
    );
  });

  it("cuts a megabyte line around what it found, and leaves out what is binary or too large", async () => {
    const { folder } = await workspace({
      "min.js": `${"x".repeat(500_000)}needle${"y".repeat(500_000)}`,
      "a.bin": Buffer.from("needle\0"),
      "big.txt": Buffer.alloc(10_000_001, "needle\n"),
    });
    const [first, second, ...rest] = await lines(folder, "search_files", { pattern: "needle" });
    expect(first).toMatch(/^\[|^min\.js:1:…x{100}needley{194}…$/);
    expect(second).toMatch(/^\[Left out: big\.txt has 10000001 bytes/);
    expect(rest).toEqual([]);
  });

  it("gives up on a pattern that would take forever", async () => {
    const { folder } = await workspace({ "a.txt": `${"a".repeat(50)}!` });
    const { text, isError } = await callIn(folder, "search_files", { pattern: "(a+)+$" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The pattern takes too long on a\.txt/);
  });

  it("stops at two hundred results and says so", async () => {
    const { folder } = await workspace({ "a.txt": "needle\n".repeat(201) });
    const found = await lines(folder, "search_files", { pattern: "needle" });
    expect(found).toHaveLength(201);
    expect(found.at(-1)).toBe("[There are more than 200. Narrow the search.]");
  });
});
