import { describe, expect, it } from "vitest";
import {
  backspace,
  cutToLineEnd,
  cutToLineStart,
  cutWord,
  type Editor,
  EMPTY_EDITOR,
  insert,
  moveLeft,
  moveLine,
  moveToLineStart,
  moveWordLeft,
  setText,
  wholeText,
  yank,
} from "../../src/prompt/editor.ts";
import { EMPTY_HISTORY, recall, remember } from "../../src/prompt/history.ts";
import { insertPasted } from "../../src/prompt/pasting.ts";

/** The text with `|` for the cursor. */
function shown({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function editor(text: string): Editor {
  const cursor = text.indexOf("|");
  return { ...EMPTY_EDITOR, text: text.replace("|", ""), cursor };
}

function pasted(text: string, size = text.length) {
  return insertPasted(EMPTY_EDITOR, { type: "paste", text, size, isCut: size > text.length });
}

describe("the editor", () => {
  it.each([
    [backspace, "ab|c", "a|c"],
    [backspace, "👩‍👩‍👧‍👦|", "|"],
    [moveLeft, "né|", "n|é"],
    [moveWordLeft, "one two |", "one |two "],
    [cutWord, "one two|", "one |"],
    [cutToLineStart, "one\ntwo| x", "one\n| x"],
    [cutToLineEnd, "one| more\ntwo", "one|\ntwo"],
    [cutToLineEnd, "one|\ntwo", "one|two"],
    [moveToLineStart, "one\ntwo|", "one\n|two"],
  ])("%o changes %j to %j", (edit, before, after) => {
    expect(shown(edit(editor(before)))).toBe(after);
  });

  it("moves between lines, up to the first and last one", () => {
    expect(shown(moveLine(editor("first\nse|cond"), -1) ?? EMPTY_EDITOR)).toBe("fi|rst\nsecond");
    expect(shown(moveLine(editor("long line|\nab"), 1) ?? EMPTY_EDITOR)).toBe("long line\nab|");
    expect(moveLine(editor("only|"), -1)).toBeUndefined();
  });

  it("inserts the text that was cut", () => {
    expect(shown(yank(cutWord(editor("one two|"))))).toBe("one two|");
  });
});

describe("a paste", () => {
  it("is inserted as text if it is short", () => {
    expect(pasted("two\nlines").editor?.text).toBe("two\nlines");
  });

  it("is a label if it is long, is sent in full, and is deleted at once", () => {
    const text = "line\n".repeat(100);
    const edited = pasted(text).editor ?? EMPTY_EDITOR;
    expect(edited.text).toBe("[pasted 101 lines #1]");
    expect(wholeText(insert(edited, " please"))).toBe(`${text} please`);
    expect(backspace(edited).text).toBe("");
  });

  it("of 10 MB or of bytes is refused, with advice", () => {
    expect(pasted("x".repeat(2_000_000), 10_000_000).problem).toContain("10 MB");
    expect(pasted("x".repeat(2_000_000), 10_000_000).problem).toContain("type @");
    expect(pasted(`\0\u0001PNG${"\ufffd".repeat(50)}`).problem).toContain("not text");
  });

  it("loses its control characters", () => {
    expect(pasted("a\u001b[31mb\u0007c").editor?.text).toBe("a[31mbc");
  });
});

describe("the history", () => {
  it("returns earlier prompts, and then the draft", () => {
    const history = remember(remember(EMPTY_HISTORY, "one"), "two");
    const two = recall(history, -1, "draft");
    expect(two?.text).toBe("two");
    const one = recall(two?.history ?? history, -1, "two");
    expect(one?.text).toBe("one");
    expect(recall(one?.history ?? history, -1, "one")).toBeUndefined();
    expect(recall(two?.history ?? history, 1, "two")?.text).toBe("draft");
  });

  it("stores a repeated prompt once", () => {
    expect(remember(remember(EMPTY_HISTORY, "same"), "same").texts).toEqual(["same"]);
  });

  it("puts the cursor at the end of a recalled prompt", () => {
    expect(setText(EMPTY_EDITOR, "recalled").cursor).toBe(8);
  });
});
