import { describe, expect, it } from "vitest";
import { keyName } from "../../src/prompt/edit-key.ts";
import { type Input, KeyDecoder } from "../../src/terminal/keys.ts";

function decode(...chunks: readonly string[]): readonly Input[] {
  const decoder = new KeyDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.flush()];
}

function names(...chunks: readonly string[]): readonly string[] {
  return decode(...chunks).map((input) => (input.type === "key" ? keyName(input) : `${input.type}`));
}

describe("KeyDecoder", () => {
  it.each([
    ["\r", "enter"],
    ["\n", "ctrl-j"],
    ["\t", "tab"],
    ["\x7f", "backspace"],
    ["\x1b", "escape"],
    ["\x03", "ctrl-c"],
    ["\x1b[A", "up"],
    ["\x1bOB", "down"],
    ["\x1b[1;5C", "ctrl-right"],
    ["\x1b[3~", "delete"],
    ["\x1b[5~", "pageup"],
    ["\x1b[H", "home"],
    ["\x1b[1;5F", "ctrl-end"],
    ["\x1b\r", "alt-enter"],
    ["\x1bb", "alt-b"],
    ["\x1b\x7f", "alt-backspace"],
    ["\x1b[13;2u", "shift-enter"],
    ["\x1b[27;2;13~", "shift-enter"],
    ["\x1b[Z", "shift-tab"],
    ["\x1b[97;5u", "ctrl-a"],
  ])("knows %j as %s", (sent, name) => {
    expect(names(sent)).toEqual([name]);
  });

  it.each([
    ["a letter with Shift", "\x1b[97;2u", { type: "text", text: "A" }],
    ["a letter with Shift in modifyOtherKeys", "\x1b[27;2;65~", { type: "text", text: "A" }],
    ["the shifted key, if the terminal names it", "\x1b[49:33;2u", { type: "text", text: "!" }],
    ["the text, if the terminal names it", "\x1b[97;2;196u", { type: "text", text: "Ä" }],
    ["a letter with Caps Lock", "\x1b[97;65u", { type: "text", text: "A" }],
    ["Space with Shift", "\x1b[32;2u", { type: "text", text: " " }],
    ["Backspace with Shift", "\x1b[127;2u", { type: "key", name: "backspace", shift: false }],
    ["a repeated key", "\x1b[97;1:2u", { type: "text", text: "a" }],
    ["Enter of the number pad", "\x1b[57414u", { type: "key", name: "enter" }],
    ["a digit of the number pad", "\x1b[57404u", { type: "text", text: "5" }],
    ["Ctrl-[", "\x1b[91;5u", { type: "key", name: "escape", ctrl: false }],
    ["Ctrl-Shift-a", "\x1b[97;6u", { type: "key", name: "a", ctrl: true, shift: false }],
    ["Ctrl-Shift-Minus", "\x1b[45;6u", { type: "key", name: "_", ctrl: true, shift: false }],
    ["Shift-Tab", "\x1b[9;2u", { type: "key", name: "tab", shift: true }],
  ])("decodes %s from its code", (_name, sent, input) => {
    expect(decode(sent)).toMatchObject([input]);
  });

  it.each(["\x1b[97;1:3u", "\x1b[1;1:3A", "\x1b[97;9u", "\x1b[57441;2u"])(
    "ignores %j: a release, or a key without text",
    (sent) => {
      expect(decode(sent)).toEqual([]);
    },
  );

  it("parts text from the keys around it, so that Enter after fast typing is Enter", () => {
    expect(decode("hello\rworld")).toMatchObject([
      { type: "text", text: "hello" },
      { type: "key", name: "enter" },
      { type: "text", text: "world" },
    ]);
  });

  it("waits for the rest of a sequence that is cut in two", () => {
    expect(names("\x1b", "[", "1;", "5C")).toEqual(["ctrl-right"]);
  });

  it("gives Escape and the letter that follows it later", () => {
    const decoder = new KeyDecoder();
    expect(decoder.push("\x1b")).toEqual([]);
    expect(decoder.isWaiting).toBe(true);
    expect(decoder.flush()).toMatchObject([{ name: "escape" }]);
    expect(decoder.push("x")).toMatchObject([{ type: "text", text: "x" }]);
  });

  it("gives a paste whole, however it is cut, with line feeds for line ends", () => {
    const sent = "\x1b[200~one\r\ntwo\rthree \x1b[31m\x1b[201~x";
    for (let at = 0; at <= sent.length; at += 1) {
      const inputs = decode(sent.slice(0, at), sent.slice(at));
      expect(inputs).toMatchObject([
        { type: "paste", text: "one\ntwo\nthree \x1b[31m", isCut: false },
        { type: "text", text: "x" },
      ]);
    }
  });

  it("counts a paste of 10 MB, and keeps no more than 2 MB of it", () => {
    const part = "x".repeat(64 * 1024);
    const decoder = new KeyDecoder();
    decoder.push("\x1b[200~");
    for (let sent = 0; sent < 160; sent += 1) decoder.push(part);
    const [paste] = decoder.push("\x1b[201~");
    expect(paste).toMatchObject({ type: "paste", size: 160 * part.length, isCut: true });
    expect(paste?.type === "paste" && paste.text.length).toBe(2_000_000);
  });

  it("takes lines that come at once for a paste, from terminals that do not say so", () => {
    const lines = `${"const x = 1;\n".repeat(10)}end`;
    expect(decode(lines)).toMatchObject([{ type: "paste", text: lines }]);
  });

  it("takes arrows that come at once for the wheel", () => {
    expect(decode("\x1b[A\x1b[A\x1b[A")).toMatchObject([{ type: "scroll", rows: -3 }]);
    expect(decode("\x1bOB\x1bOB\x1bOB")).toMatchObject([{ type: "scroll", rows: 3 }]);
    expect(names("\x1b[A\x1b[A")).toEqual(["up", "up"]);
  });

  it("leaves out sequences that it does not know", () => {
    expect(names("\x1b[I", "\x1b[?1;2c", "a")).toEqual(["text"]);
  });
});
