import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
/** A file of tests or of a contract, and the titles of its tests, or parts of them. */
const REFERENCE = /`((?:packages|test)\/[\w./-]+\.ts)`: ("[^"]+"(?:, "[^"]+")*)/g;

describe.each(["security.md", "many-machines.md"])("docs/%s", (name) => {
  const text = readFileSync(join(ROOT, "docs", name), "utf8");
  const references = [...text.matchAll(REFERENCE)].map(([, file = "", titles = ""]) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => title),
  }));

  it.each(references)("names tests that exist in $file", ({ file, titles }) => {
    const source = readFileSync(join(ROOT, file), "utf8");
    for (const title of titles) expect(source).toContain(title);
  });

  it("names a test of each promise", () => {
    const rows = text.split("\n## ").flatMap((section) => {
      const [, ...lines] = /^\| Promise[\s\S]*/m.exec(section)?.[0].split("\n").slice(1) ?? [];
      return lines.filter((line) => line.startsWith("|"));
    });
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) expect(row).toMatch(/`(?:packages|test)\/[\w./-]+\.ts`: "/);
  });
});
