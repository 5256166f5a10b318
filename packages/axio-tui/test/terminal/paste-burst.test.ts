import { describe, expect, it } from "vitest";
import { PasteBurst } from "../../src/terminal/paste-burst.ts";

/** Sends chunks, each after a time in milliseconds. */
function send(...chunks: readonly (readonly [afterMs: number, text: string])[]) {
  let now = 0;
  const burst = new PasteBurst(() => now);
  const parts = chunks.flatMap(([after, text]) => {
    now += after;
    return burst.push(text);
  });
  return { parts, rest: burst.flush() };
}

describe("lines that are pasted without marks", () => {
  it.each<[string, readonly (readonly [number, string])[]]>([
    ["in one chunk", [[0, "one\rtwo"]]],
    ["with an Enter at the end", [[0, "one\rtwo\r"]]],
    ["with line feeds", [[0, "one\ntwo\n"]]],
    ["with both", [[0, "one\r\ntwo\r\n"]]],
    [
      "in two chunks",
      [
        [0, "one\r"],
        [5, "two\r"],
      ],
    ],
    ["character by character", [..."alone\rtwo"].map((text): [number, string] => [1, text])],
    [
      "after an empty line",
      [
        [0, "one\r"],
        [1, "\r"],
        [1, "two"],
      ],
    ],
  ])("send nothing: %s", (_name, chunks) => {
    const { parts } = send(...chunks);
    expect(parts.filter(({ type, text }) => type === "keys" && /\r/.test(text))).toEqual([]);
  });

  it("leave typed keys alone", () => {
    expect(send([0, "h"], [90, "i"], [90, "\r"], [200, "x"])).toEqual({
      parts: ["h", "i", "\r", "x"].map((text) => ({ type: "keys", text })),
      rest: [],
    });
    expect(send([0, "hello"], [0, "\r"]).rest).toEqual([]);
  });

  it("deliver the Enter if nothing follows", () => {
    expect(send([0, "hello\r"])).toEqual({
      parts: [{ type: "keys", text: "hello" }],
      rest: [{ type: "keys", text: "\r" }],
    });
    expect(send([0, "hello\r"], [60, "x"]).parts).toEqual(
      ["hello", "\r", "x"].map((text) => ({ type: "keys", text })),
    );
  });
});
