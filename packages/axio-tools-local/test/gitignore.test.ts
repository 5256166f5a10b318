import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { repetitions } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { parseGitignore, toBytes } from "../src/gitignore-pattern.ts";
import { callIn, workspace } from "./support/workspace.ts";

function isIgnored(rules: string, path: string): boolean {
  const isDirectory = path.endsWith("/");
  const segments = path.replace(/\/$/, "").split("/").map(toBytes);
  const rule = parseGitignore(rules, { ignoreCase: false }).findLast(
    ({ directoriesOnly, matches }) => (isDirectory || !directoriesOnly) && matches(segments),
  );
  return rule !== undefined && !rule.isNegated;
}

/** Returns the files that Git does not ignore. */
function listedByGit(directory: string): readonly string[] {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "core.excludesFile=/dev/null", ...args], {
      cwd: directory,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: directory, GIT_CONFIG_NOSYSTEM: "1" },
    });
  git("init", "-q");
  return git("ls-files", "-z", "--others", "--exclude-standard").split("\0").filter(Boolean).sort();
}

const NAMES = ["a", "ab", "abc", "a.js", "b.log", ".x", "a b", "[a]", "a*b", "x-y", "é", "!n", "#c", "A"];
const DIRECTORIES = ["", "a/", "ab/", "a/b/", "a/b/c/", "x-y/", ".x2/"];

describe("the rules of a .gitignore file", () => {
  it("mean what they mean to Git", { timeout: 60_000 }, async () => {
    const piece = fc.constantFrom(
      "a",
      "b",
      "*",
      "**",
      "?",
      "/",
      "[ab]",
      "[!a]",
      "[a-c]",
      "[[:alpha:]]",
      ".js",
      "x",
      "\\*",
      "-",
      "[",
      "é",
    );
    const line = fc
      .tuple(
        fc.constantFrom("", "!", "/", "\\"),
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.constantFrom("", "/", " ", "\\ ", "\r"),
      )
      .map(([start, pieces, end]) => start + pieces.join("") + end);
    const { directory } = await workspace();
    const files = DIRECTORIES.flatMap((path) => NAMES.map((name) => path + name)).filter(
      // A name cannot be both a file and a directory.
      (path) => !DIRECTORIES.includes(`${path}/`),
    );
    for (const file of files) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), "");
    }
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 3 }), async (lines) => {
        await writeFile(join(directory, ".gitignore"), lines.join("\n"));
        const { text } = await callIn(directory, "search_files", { glob: "**" });
        const found = text.split("\n").filter((name) => name !== "[No results.]");
        expect([...found].sort()).toEqual(listedByGit(directory));
      }),
      { numRuns: repetitions({ short: 20, full: 60 }) },
    );
  });

  it.each([
    ["# comment", "# comment", false],
    ["\\#c", "#c", true],
    ["a\\ ", "a ", true],
    ["a  ", "a", true],
    ["\uFEFFa", "a", true],
    ["a\r\n", "a", true],
    ["a/", "a", false],
    ["a/", "a/", true],
    ["a/**", "a/", false],
    ["a/**", "a/b/c", true],
    ["**/c", "a/b/c", true],
    ["a/**/c", "a/c", true],
    ["*\n!a", "a", false],
    ["?", "é", false],
    ["??", "é", true],
    ["é*", "éa", true],
    ["[a", "[a", false],
    ["A", "a", false],
  ])("%j for %j: %s", (rules, path, expected) => {
    expect(isIgnored(rules, path)).toBe(expected);
  });

  it("ignores case on systems that do", () => {
    const [rule] = parseGitignore("*.LOG", { ignoreCase: true });
    expect(rule?.matches(["a.log"])).toBe(true);
  });

  it("take linear time", () => {
    const name = "a".repeat(250);
    const hostile = [
      `${"*a".repeat(2_000)}b`,
      `${"[a-z]*".repeat(1_000)}!`,
      `${"**/".repeat(1_000)}b`,
      `${"a/**/".repeat(1_000)}b`,
      `*${"?".repeat(240)}b`,
      "[".repeat(5_000),
      `${"\\".repeat(100_001)}`,
      `x${" ".repeat(100_000)}y`,
    ];
    const rules = parseGitignore(hostile.join("\n"), { ignoreCase: false });
    const deep = Array.from({ length: 1_000 }, () => "a");
    for (const { matches } of rules) {
      expect(matches([name])).toBe(false);
      expect(matches(deep)).toBe(false);
    }
  });
});
