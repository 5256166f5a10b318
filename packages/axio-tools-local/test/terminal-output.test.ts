import headless from "@xterm/headless";
import fc from "fast-check";
import { repetitions } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { SCREEN_ROWS } from "../src/terminal/screen.ts";
import { TerminalOutput } from "../src/terminal/terminal-output.ts";

const LIMIT = 30_000;

/** Returns the text at the end, and what was shown on the way. */
function output(
  chunks: readonly string[],
  { limit = LIMIT, now = () => 0 } = {},
): { readonly text: string; readonly shown: string } {
  const terminal = new TerminalOutput(limit, now);
  const write = terminal.pipe();
  const shown = chunks.map(write).join("") + terminal.end();
  return { text: terminal.text(), shown };
}

/** Returns what a real terminal emulator shows. */
async function xterm(input: string): Promise<string> {
  const terminal = new headless.Terminal({
    cols: 300,
    rows: SCREEN_ROWS,
    convertEol: true,
    scrollback: 10_000,
    allowProposedApi: true,
  });
  await new Promise<void>((resolve) => terminal.write(input, resolve));
  const { buffer } = terminal;
  const lines = Array.from(
    { length: buffer.active.length },
    (_, index) => buffer.active.getLine(index)?.translateToString(true) ?? "",
  );
  terminal.dispose();
  return trimmed(lines.join("\n"));
}

const trimmed = (text: string): string => text.replaceAll(/ +$/gm, "").trimEnd();

describe("TerminalOutput", () => {
  it.each([
    ["plain text with tabs, lines and other scripts", "a\tb\nzürich 東京 🎉\n", "a\tb\nzürich 東京 🎉\n"],
    ["colors", "\x1b[1;31mred\x1b[0m", "red"],
    ["titles, terminated by BEL or ST", "\x1b]0;evil\x07a\x1b]52;c;aGk=\x1b\\b", "ab"],
    ["links", "\x1b]8;;https://example.com\x1b\\text\x1b]8;;\x1b\\", "text"],
    ["device control and other strings", "\x1bPq#0\x1b\\a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d", "abcd"],
    ["the same as C1 characters", "\x9b31mred\x9d0;t\x9cx", "redx"],
    ["character sets", "\x1b(0a\x1b)Bb\x1b%Gc", "abc"],
    ["bells, NUL, DEL", "a\x07\0\x7fb", "ab"],
    ["a canceled sequence", "\x1b[31\x18mx", "mx"],
    ["a sequence inside another", "\x1b[3\x1b[31mred", "red"],
    ["an unterminated title", "\x1b]0;title\nnext", "\nnext"],
    ["a carriage return", "10%\r20%\r\ndone\r\n", "20%\ndone\n"],
    ["a shorter text over a longer one", "100 files\r5\n", "500 files\n"],
    ["a line erased by spaces", "working\r       \rdone\n", "done\n"],
    ["a line erased by a sequence", "working\r\x1b[Kdone\n\x1b[2Kx", "done\nx"],
    ["backspaces", "spin |\b/\b-\b\\ done\n", "spin \\ done\n"],
    ["backspaces at the margin", "a\b\b\bb\n", "b\n"],
    ["lines redrawn from above", "a 1%\nb 1%\n\x1b[2Aa 9%\nb 9%\n", "a 9%\nb 9%\n"],
    ["lines redrawn by cursor positions", "\x1b[2J\x1b[Hone\x1b[2J\x1b[Htwo\n", "two\n"],
    ["an inserted and a deleted line", "a\nb\n\x1b[1A\x1b[Lx\n\x1b[M", "a\nx\n"],
    ["inserted and deleted characters", "abcd\r\x1b[2P\x1b[@x\n", "xcd\n"],
    ["a saved position", "ab\x1b7cd\x1b8X\n", "abXd\n"],
    ["the alternate screen", "before\n\x1b[?1049hediting\x1b[2J\x1b[?1049lafter\n", "before\nafter\n"],
    [
      "the alternate screen of a program that never left it",
      "before\n\x1b[?1049hlast words",
      "before\n\nlast words",
    ],
    ["half of a wide character overwritten", "東京\rab\bX\n", "aX京\n"],
    ["combining marks", "e\u0301x\ra\n", "ax\n"],
  ])("%s", (_, input, expected) => {
    expect(output([input]).text).toBe(expected);
    // Also when split at any position.
    for (let split = 1; split < input.length; split += 1) {
      expect(output([input.slice(0, split), input.slice(split)]).text, `split at ${split}`).toBe(expected);
    }
  });

  it("keeps the error line among 1,500 frames of a progress bar", () => {
    const frame = (index: number): string => `\r[${"#".repeat(index / 50).padEnd(30)}] ${index}/1500`;
    const frames = Array.from({ length: 1_500 }, (_, index) => frame(index));
    const middle = "\r\x1b[KERROR: the disk is full\n";
    const { text, shown } = output([...frames.slice(0, 700), middle, ...frames.slice(700), "\n"]);
    expect(text).toBe(`ERROR: the disk is full\n${frame(1_499).slice(1)}\n`);
    // Nothing but lines, and few of them.
    expect(shown).toContain("ERROR: the disk is full\n");
    expect(shown.length).toBeLessThan(300);
  });

  it("shows text as it arrives, and a line that changes once per second", () => {
    let time = 0;
    const terminal = new TerminalOutput(LIMIT, () => time);
    const write = terminal.pipe();
    expect(write("Loading… ")).toBe("Loading… ");
    expect(write("\r1%")).toBe("");
    time = 1_000;
    expect(write("\r2%\x1b[K")).toBe("\n2%");
    expect(write("\r3%")).toBe("");
    expect(write("\r4%\nnext")).toBe("\n4%\nnext");
    expect(write("\r5%")).toBe("");
    expect(terminal.end()).toBe("\n5%xt");
  });

  it("merges the pipes as a terminal does, each with its own sequences", () => {
    const terminal = new TerminalOutput(LIMIT);
    const [out, error] = [terminal.pipe(), terminal.pipe()];
    out("10%\x1b");
    error("\rwarning\n");
    out("[31m20%");
    expect(terminal.text()).toBe("warning\n20%");
  });

  it("keeps the beginning and the end of long lines and of many lines", () => {
    const line = "x".repeat(1_000_000);
    expect(output([`first\n${line}\nlast`], { limit: 1_000 }).text).toMatch(
      /^first\nx{494}\n\[… 999,\d{3} characters omitted …\]\nx{495}\nlast$/,
    );
    expect(output([`\r${line}\rend`], { limit: 1_000 }).shown.length).toBeGreaterThan(1_000_000);
    const lines = Array.from({ length: 100_000 }, (_, index) => `${index}\n`);
    expect(output(lines, { limit: 1_000 }).text).toMatch(/^0\n1\n[\s\S]*\n99999\n$/);
  });

  it("takes linear time for programs that only move and erase", () => {
    for (const part of [
      "x\b",
      "\x1b[2J",
      "\x1b[1K\x1b[9999C",
      "\x1b[P",
      "\x1b[@",
      "e\u0301\b",
      "\x1b[99A\n",
      "\t\b",
    ]) {
      const { text } = output([
        "y".repeat(3_000),
        "\r",
        ...Array.from({ length: 200 }, () => part.repeat(500)),
      ]);
      expect(text.length).toBeLessThan(30_100);
    }
  });

  it("shows what a terminal emulator shows", async () => {
    const parameter = fc.integer({ min: 0, max: 9 });
    const sequence = fc
      .tuple(parameter, fc.constantFrom("A", "B", "C", "D", "E", "F", "G", "K", "X", "P", "@", "d"))
      .map(([count, final]) => `\x1b[${final === "K" ? count % 3 : count}${final}`);
    const part = fc.oneof(
      fc.constantFrom(
        "\r",
        "\n",
        "\r\n",
        "\b",
        "abc",
        "wörter",
        "xyz 123",
        "\x1b[31m",
        "\x1b7",
        "\x1b8",
        "\x1b[2J",
        "\x1b[H",
      ),
      fc.constantFrom("\x1b[?1049halt\x1b[?1049l", "\x1b]0;title\x07", "東京", "\x1b[0J", "\x1b[1J"),
      sequence,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 40 }), async (parts) => {
        expect(trimmed(output(parts).text)).toBe(await xterm(parts.join("")));
      }),
      { numRuns: repetitions({ short: 40, full: 150 }) },
    );
  });

  it("removes all control characters from any input", () => {
    const noise = fc.array(
      fc.constantFrom("\x1b", "[", "]", "P", "\\", "\x9b", "\x07", "\r", "\n", "m", "é", "\0", "K", "5", "A"),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(noise, (chunks) => {
        const { text, shown } = output(chunks);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
        expect(text + shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
    );
  });
});
