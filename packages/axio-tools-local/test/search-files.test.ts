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
  directory: string,
  name: string,
  input: Record<string, string | number | boolean>,
): Promise<string[]> {
  const { text } = await callIn(directory, name, input);
  return text.split("\n");
}

describe("list_files", () => {
  it("lists one level in the order of names, without ignored entries", async () => {
    const { directory } = await workspace(PROJECT);
    await symlink("src/a.ts", join(directory, "main.ts"));
    expect(await lines(directory, "list_files", {})).toEqual([
      ".github/",
      ".gitignore",
      "keep.log",
      "main.ts -> src/a.ts",
      "src/",
    ]);
  });

  it("lists to the given depth, and ignored entries if they are requested", async () => {
    const { directory } = await workspace(PROJECT);
    expect(await lines(directory, "list_files", { path: "src", depth: 2 })).toEqual([
      "src/a.ts",
      "src/deep/",
      "src/deep/.gitignore",
      "src/deep/b.js",
      "src/deep/wanted.log",
    ]);
    expect(await lines(directory, "list_files", { path: "dist" })).toEqual(["dist/out.js"]);
    expect(await lines(directory, "list_files", { includeIgnored: true })).toContain("debug.log");
  });

  it("stops after a thousand entries with a note", async () => {
    const { directory } = await workspace(
      Object.fromEntries(Array.from({ length: 1_001 }, (_, number) => [`file-${number}`, ""])),
    );
    const found = await lines(directory, "list_files", {});
    expect(found).toHaveLength(1_001);
    expect(found.at(-1)).toBe("[There are more than 1000 entries. List a subdirectory.]");
  });

  it("reports an empty directory, a file and a missing path", async () => {
    const { directory } = await workspace({ "a.txt": "" });
    await mkdir(join(directory, "empty"));
    expect(await lines(directory, "list_files", { path: "empty" })).toEqual(["[empty has nothing to list.]"]);
    expect(await lines(directory, "list_files", { path: "a.txt" })).toEqual(["a.txt is not a directory."]);
    expect(await lines(directory, "list_files", { path: "gone" })).toEqual(["gone does not exist."]);
  });
});

describe("search_files", () => {
  it("finds lines by a regular expression, as path:line:text", async () => {
    const { directory } = await workspace(PROJECT);
    expect(await lines(directory, "search_files", { pattern: "^needle|n[e]{2}dle$" })).toEqual([
      ".github/ci.yml:1:run: needle",
      "keep.log:1:needle",
      "src/deep/b.js:1:needle in b",
    ]);
    expect(
      await lines(directory, "search_files", { pattern: "needle", ignoreCase: true, glob: "*.ts" }),
    ).toEqual(["src/a.ts:2:// Needle"]);
    expect(await lines(directory, "search_files", { pattern: "a = (\\d)", path: "src/a.ts" })).toEqual([
      "src/a.ts:1:const a = 1;",
    ]);
  });

  it("finds files by name: in every directory, or relative to the searched one", async () => {
    const { directory } = await workspace(PROJECT);
    expect(await lines(directory, "search_files", { glob: "*.{ts,js}" })).toEqual([
      "src/a.ts",
      "src/deep/b.js",
    ]);
    expect(await lines(directory, "search_files", { glob: "deep/*", path: "src" })).toEqual([
      "src/deep/.gitignore",
      "src/deep/b.js",
      "src/deep/wanted.log",
    ]);
    expect(await lines(directory, "search_files", { glob: "*.js", includeIgnored: true })).toEqual([
      "dist/out.js",
      "src/deep/b.js",
    ]);
  });

  it("reports no results, an invalid pattern and a missing path", async () => {
    const { directory } = await workspace(PROJECT);
    expect(await lines(directory, "search_files", { pattern: "absent" })).toEqual(["[No results.]"]);
    expect((await callIn(directory, "search_files", { pattern: "(" })).text).toMatch(
      /^The pattern is not a valid regular expression: .*Unterminated group/,
    );
    expect((await callIn(directory, "search_files", {})).text).toBe('Give a "pattern", a "glob" or both.');
    expect((await callIn(directory, "search_files", { pattern: "a", path: "gone" })).text).toBe(
      "gone does not exist.",
    );
  });

  it("truncates a megabyte line around the match, and skips binary and very large files", async () => {
    const { directory } = await workspace({
      "min.js": `${"x".repeat(500_000)}needle${"y".repeat(500_000)}`,
      "a.bin": Buffer.from("needle\0"),
      "big.txt": Buffer.alloc(10_000_001, "needle\n"),
    });
    const [first, second, ...rest] = await lines(directory, "search_files", { pattern: "needle" });
    expect(first).toMatch(/^\[|^min\.js:1:…x{100}needley{194}…$/);
    expect(second).toMatch(/^\[Skipped: big\.txt has 10000001 bytes/);
    expect(rest).toEqual([]);
  });

  it("stops a pattern that would take forever", async () => {
    const { directory } = await workspace({ "a.txt": `${"a".repeat(50)}!` });
    const { text, isError } = await callIn(directory, "search_files", { pattern: "(a+)+$" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The pattern takes too long on a\.txt/);
  });

  it.each([
    ["UTF-16 with a byte order mark", Buffer.from("\uFEFFone\nneedle 東\n", "utf16le")],
    ["UTF-16 without one", Buffer.from("one\nneedle 東\n", "utf16le")],
    ["big-endian UTF-16", Buffer.from("\uFEFFone\nneedle 東\n", "utf16le").swap16()],
    ["big-endian UTF-16 without a byte order mark", Buffer.from("one\nneedle 東\n", "utf16le").swap16()],
    ["UTF-8 with a byte order mark", Buffer.from("\uFEFFneedle 東\nneedle 東\n")],
  ])("searches %s", async (_, content) => {
    const { directory } = await workspace({ "a.txt": content });
    expect(await lines(directory, "search_files", { pattern: "^needle 東$" })).toContain("a.txt:2:needle 東");
    expect((await callIn(directory, "read_file", { path: "a.txt" })).text).toContain("2\tneedle 東\n");
  });

  it.each([
    ["(?i)NEEDLE", "a.txt:1:a needle 42"],
    ["(?im)^A NEEDLE", "a.txt:1:a needle 42"],
    ["(?P<word>ee)dle", "a.txt:1:a needle 42"],
    ["(?P<twice>e)(?P=twice)", "a.txt:1:a needle 42"],
    ["[[:digit:]]{2}", "a.txt:1:a needle 42"],
    ["\\Aa [[:alpha:]]+ \\d+\\z", "a.txt:1:a needle 42"],
    ["C:\\\\Azure", "a.txt:2:C:\\Azure"],
  ])("understands what other languages write: %s", async (pattern, expected) => {
    const { directory } = await workspace({ "a.txt": "a needle 42\nC:\\Azure\n" });
    expect(await lines(directory, "search_files", { pattern })).toEqual([expected]);
  });

  it.each([
    ["a(?i)b", /Flags such as \(\?i\) are allowed only at the start\. Set "ignoreCase" instead\./],
    ["a(?i:b", /Flags such as/],
    ["(?x) a b", /^The pattern begins with the flag "x", which is not supported/],
    ["a++", /Possessive and atomic groups are not supported/],
    ["foo(", /escape special characters with a backslash/],
  ])("gives a hint for an invalid pattern: %s", async (pattern, expected) => {
    const { directory } = await workspace({ "a.txt": "" });
    const { text, isError } = await callIn(directory, "search_files", { pattern });
    expect(isError).toBe(true);
    expect(text).toMatch(expected);
  });

  it("stops after two hundred results with a note", async () => {
    const { directory } = await workspace({ "a.txt": "needle\n".repeat(201) });
    const found = await lines(directory, "search_files", { pattern: "needle" });
    expect(found).toHaveLength(201);
    expect(found.at(-1)).toBe("[There are more than 200 results. Narrow the search.]");
  });
});
