import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ControlFilter } from "../src/shell/control-filter.ts";

function filter(...pieces: readonly string[]): string {
  const one = new ControlFilter();
  return pieces.map((piece) => one.filter(piece)).join("");
}

describe("ControlFilter", () => {
  it.each([
    ["plain text with tabs, lines and other scripts", "a\tb\nzürich 東京 🎉\n", "a\tb\nzürich 東京 🎉\n"],
    ["colours", "\x1b[1;31mred\x1b[0m", "red"],
    ["movements of the cursor, and erasing", "a\x1b[2J\x1b[H\x1b[?1049hb\x1b7\x1b8", "ab"],
    ["the title, ended by BEL or ST", "\x1b]0;evil\x07a\x1b]52;c;aGk=\x1b\\b", "ab"],
    ["links", "\x1b]8;;https://example.com\x1b\\text\x1b]8;;\x1b\\", "text"],
    ["device strings and the like", "\x1bPq#0\x1b\\a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d", "abcd"],
    ["the same as single characters", "\x9b31mred\x9d0;t\x9cx", "redx"],
    ["character sets", "\x1b(0a\x1b)Bb\x1b%Gc", "abc"],
    ["bells, backspaces, NUL, DEL", "a\x07\b\0\x7fb", "ab"],
    ["a cancelled sequence", "\x1b[31\x18mx", "mx"],
    ["a sequence inside another one", "\x1b[3\x1b[31mred", "red"],
    ["a title that is never closed", "\x1b]0;title\nnext", "\nnext"],
    ["carriage returns", "10%\r20%\r\ndone\r\n", "10%\n20%\ndone\n"],
  ])("%s", (_, input, expected) => {
    expect(filter(input)).toBe(expected);
    // Wherever it is cut.
    for (let cut = 1; cut < input.length; cut += 1) {
      expect(filter(input.slice(0, cut), input.slice(cut)), `cut at ${cut}`).toBe(expected);
    }
  });

  it("lets nothing through that commands a terminal, whatever comes", () => {
    const noise = fc.array(
      fc.constantFrom("\x1b", "[", "]", "P", "\\", "\x9b", "\x07", "\r", "\n", "m", "é", "\0"),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(noise, (pieces) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
        expect(filter(...pieces)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
    );
  });
});
