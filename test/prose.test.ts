import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { findBannedProse } from "./support/prose.ts";

const root = resolve(import.meta.dirname, "..");

/** The glossary and its test name what they ban; the records are the official CLI's own words. */
const EXEMPT = [
  "docs/glossary.md",
  "test/support/prose.ts",
  "test/prose.test.ts",
  "conformance/records",
  "package-lock.json",
  "bench/package-lock.json",
  "site/package-lock.json",
  "site/.pages",
  "site/.dist",
  "site/.vitepress/cache",
];

const TEXT_FILE = /\.(?:[cm]?[jt]sx?|json|md|svg|ya?ml|html|css)$|(?:^|\/)(?:run|\.gitignore)$/;

describe("prose", () => {
  const files = listFiles(root)
    .map((file) => relative(root, file))
    .filter((file) => !isIn(EXEMPT, file));

  it("uses the words of docs/glossary.md", () => {
    const findings = files
      .filter((file) => TEXT_FILE.test(file))
      .flatMap((file) =>
        findBannedProse(readFileSync(join(root, file), "utf8")).map(
          ({ line, text, use }) => `${file}:${line}: "${text}": use ${use}`,
        ),
      );
    expect(findings).toEqual([]);
  });

  it("names files with the words of docs/glossary.md", () => {
    expect(files.filter((file) => findBannedProse(file).length > 0)).toEqual([]);
  });
});

describe("findBannedProse", () => {
  it.each([
    ["Tries it anew.", "anew"],
    ["function mendBody() {}", "mend"],
    ["const canMend = true", "Mend"],
    ["is skipped where\n * there is no key", "where * there"],
    ["`npx`, for one, ends", "for one"],
    ["/** What a tool returns. */", "/** What"],
    ["/**\n * What a tool returns.\n */", "/** * What"],
    ["spoken-thoughts.ts", "thoughts"],
  ])("finds %j", (text, found) => {
    expect(findBannedProse(text).map((finding) => finding.text)).toEqual([found]);
  });

  it("names the line", () => {
    expect(findBannedProse("one\ntwo besides")).toEqual([{ line: 2, text: "besides", use: "also" }]);
  });

  it.each([
    "We recommend it.",
    "A server for one test.",
    "where the file is",
    "const amended = 1",
    "needed",
    "if there is none",
  ])("accepts %j", (text) => {
    expect(findBannedProse(text)).toEqual([]);
  });
});

function listFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (["node_modules", "dist", ".git", ".cache"].includes(entry.name)) return [];
    const path = join(directory, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

function isIn(places: readonly string[], file: string): boolean {
  return places.some((place) => file === place || file.startsWith(`${place}/`));
}
