import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ControlFilter } from "../src/shell/control-filter.ts";

function filterAll(...chunks: readonly string[]): string {
  const filter = new ControlFilter();
  return chunks.map((chunk) => filter.filter(chunk)).join("");
}

describe("ControlFilter", () => {
  it.each([
    ["plain text with tabs, lines and other scripts", "a\tb\nzürich 東京 🎉\n", "a\tb\nzürich 東京 🎉\n"],
    ["colors", "\x1b[1;31mred\x1b[0m", "red"],
    ["cursor movement and erasing", "a\x1b[2J\x1b[H\x1b[?1049hb\x1b7\x1b8", "ab"],
    ["titles, terminated by BEL or ST", "\x1b]0;evil\x07a\x1b]52;c;aGk=\x1b\\b", "ab"],
    ["links", "\x1b]8;;https://example.com\x1b\\text\x1b]8;;\x1b\\", "text"],
    ["device control and other strings", "\x1bPq#0\x1b\\a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d", "abcd"],
    ["the same as C1 characters", "\x9b31mred\x9d0;t\x9cx", "redx"],
    ["character sets", "\x1b(0a\x1b)Bb\x1b%Gc", "abc"],
    ["bells, backspaces, NUL, DEL", "a\x07\b\0\x7fb", "ab"],
    ["a canceled sequence", "\x1b[31\x18mx", "mx"],
    ["a sequence inside another", "\x1b[3\x1b[31mred", "red"],
    ["an unterminated title", "\x1b]0;title\nnext", "\nnext"],
    ["carriage returns", "10%\r20%\r\ndone\r\n", "10%\n20%\ndone\n"],
  ])("%s", (_, input, expected) => {
    expect(filterAll(input)).toBe(expected);
    // Also when split at any position.
    for (let split = 1; split < input.length; split += 1) {
      expect(filterAll(input.slice(0, split), input.slice(split)), `split at ${split}`).toBe(expected);
    }
  });

  it("removes all control characters from any input", () => {
    const noise = fc.array(
      fc.constantFrom("\x1b", "[", "]", "P", "\\", "\x9b", "\x07", "\r", "\n", "m", "é", "\0"),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(noise, (chunks) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
        expect(filterAll(...chunks)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
    );
  });
});
