import { describe, expect, it } from "vitest";
import { chooseTerminalStyle } from "../../src/terminal/terminal-style.ts";
import { lineText } from "../../src/theme/line.ts";
import { textWidth } from "../../src/theme/width.ts";
import { loadHighlighter } from "../../src/transcript/highlight.ts";
import { markdownLines } from "../../src/transcript/markdown-lines.ts";
import { cutMarkdown } from "../../src/transcript/markdown-pieces.ts";

const TERMINAL = chooseTerminalStyle({ LANG: "C.UTF-8" }, "dark");

function rows(text: string, width = 40): readonly string[] {
  return markdownLines({ text }, width, TERMINAL).map((row) => lineText(row).trimEnd());
}

describe("markdownLines", () => {
  it("lays out lists, quotes and tasks", () => {
    expect(rows("1. one\n2. two\n   - inner *word*\n\n> said `so`\n\n- [x] done\n- [ ] open")).toEqual([
      "1. one",
      "2. two",
      "   • inner word",
      "",
      "│ said so",
      "",
      "• [x] done",
      "• [ ] open",
    ]);
  });

  it("shows the address of a link, once", () => {
    expect(rows("[the book](https://example.com/b) and <https://example.com>", 80)).toEqual([
      "the book (https://example.com/b) and https://example.com",
    ]);
  });

  it("shows characters with a meaning in HTML", () => {
    expect(rows("a < b && c > d, `x &amp; y`, &lt;div&gt; <b>bold</b>", 80)).toEqual([
      "a < b && c > d, x &amp; y, <div> <b>bold</b>",
    ]);
  });

  it("lays out a table in columns if it fits, else as a list", () => {
    const table =
      "| Name | What it does |\n|---|---|\n| alpha | something long that has to be wrapped here |\n| beta | short |";
    expect(rows(table, 40)).toEqual([
      "Name   What it does",
      "─────  ─────────────────────────────────",
      "alpha  something long that has to be",
      "       wrapped here",
      "beta   short",
    ]);
    expect(rows(table, 12)[0]).toBe("Name: alpha");
  });

  it("aligns the cells of a table as it says", () => {
    const table = "| Size | Name | Share |\n|--:|:-:|--:|\n| 5 | a | 1 % |\n| 12345 | beta | 100 % |";
    expect(rows(table, 40)).toEqual([
      " Size  Name  Share",
      "─────  ────  ─────",
      "    5   a      1 %",
      "12345  beta  100 %",
    ]);
  });

  it("never returns a row that is too wide", () => {
    const text = `# ${"wide ".repeat(30)}\n\n${"日本語".repeat(20)} ${"x".repeat(100)}\n\n- ${"item ".repeat(20)}\n\n\`\`\`\n${"code".repeat(50)}\n\`\`\`\n\n> ${"quote ".repeat(30)}\n\n|a|b|c|d|\n|-|-|-|-|\n|${"one ".repeat(9)}|2|3|4|`;
    for (const width of [8, 13, 20, 40, 81]) {
      for (const row of markdownLines({ text }, width, TERMINAL))
        expect(textWidth(lineText(row))).toBeLessThanOrEqual(width);
    }
  });

  it("highlights code when the highlighter is loaded", async () => {
    const text = "```ts\nconst x = 'a'; // why\n```";
    await loadHighlighter();
    const [row] = markdownLines({ text }, 80, TERMINAL);
    expect(row).toContainEqual({ text: "const", color: "keyword" });
    expect(row).toContainEqual({ text: "'a'", color: "string" });
    expect(row).toContainEqual({ text: "// why", color: "muted" });
  });
});

describe("cutMarkdown", () => {
  const whole = (text: string): string =>
    cutMarkdown(text)
      .map((piece) => piece.text)
      .join("");

  it("cuts at blank lines, but neither inside fences nor inside lists", () => {
    expect(
      cutMarkdown("one\n\ntwo\n\n```js\na\n\nb\n```\n\n- x\n\n  still x\n\n- y\n\nend").map(({ text }) =>
        text.trim(),
      ),
    ).toEqual(["one", "two", "```js\na\n\nb\n```", "- x\n\n  still x\n\n- y", "end"]);
  });

  it("limits every piece, whatever the text is", () => {
    const texts = [
      "word ".repeat(50_000),
      "x".repeat(100_000),
      `\`\`\`py\n${"line of code\n".repeat(10_000)}`,
      "- item\n".repeat(10_000),
    ];
    for (const text of texts) {
      for (const piece of cutMarkdown(text)) expect(piece.text.length).toBeLessThanOrEqual(16_384 + 8_192);
      expect(whole(text)).toBe(text);
    }
  });

  it("keeps the language of a fence that was cut", () => {
    const pieces = cutMarkdown(`\`\`\`py\n${"print(1)\n".repeat(3_000)}\`\`\`\n\nAfter.`);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.slice(1, -1).every(({ codeLanguage }) => codeLanguage === "py")).toBe(true);
    expect(pieces.at(-1)).toEqual({ text: "After." });
  });

  it("changes only the last piece of a text that grows", () => {
    const text = "# Title\n\nSome words.\n\n- a\n- b\n\nMore words that come slowly.";
    for (let at = 1; at < text.length; at += 1) {
      const before = cutMarkdown(text.slice(0, at));
      const after = cutMarkdown(text.slice(0, at + 1));
      expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    }
  });
});
