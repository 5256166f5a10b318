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
import { takePaste } from "../../src/prompt/take-paste.ts";

/** The text with `|` for the cursor. */
function shown({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function editor(text: string): Editor {
  const cursor = text.indexOf("|");
  return { ...EMPTY_EDITOR, text: text.replace("|", ""), cursor };
}

function pasted(text: string, size = text.length) {
  return takePaste(EMPTY_EDITOR, { text, size, isCut: size > text.length });
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

  it("moves between lines, and says where there are no more", () => {
    expect(shown(moveLine(editor("first\nse|cond"), -1) ?? EMPTY_EDITOR)).toBe("fi|rst\nsecond");
    expect(shown(moveLine(editor("long line|\nab"), 1) ?? EMPTY_EDITOR)).toBe("long line\nab|");
    expect(moveLine(editor("only|"), -1)).toBeUndefined();
  });

  it("brings back what was cut", () => {
    expect(shown(yank(cutWord(editor("one two|"))))).toBe("one two|");
  });
});

describe("a paste", () => {
  it("stands in the prompt where it is short", () => {
    expect(pasted("two\nlines").editor?.text).toBe("two\nlines");
  });

  it("is a label where it is long, goes whole, and is deleted whole", () => {
    const text = "line\n".repeat(100);
    const taken = pasted(text).editor ?? EMPTY_EDITOR;
    expect(taken.text).toBe("[pasted 101 lines #1]");
    expect(wholeText(insert(taken, " please"))).toBe(`${text} please`);
    expect(backspace(taken).text).toBe("");
  });

  it("of 10 MB or of no text is refused with a word on what to do", () => {
    expect(pasted("x".repeat(2_000_000), 10_000_000).refusal).toContain("10 MB");
    expect(pasted("x".repeat(2_000_000), 10_000_000).refusal).toContain("write @");
    expect(pasted(`\0\u0001PNG${"\ufffd".repeat(50)}`).refusal).toContain("no text");
  });

  it("leaves what a terminal would obey out of the prompt", () => {
    expect(pasted("a\u001b[31mb\u0007c").editor?.text).toBe("a[31mbc");
  });
});

describe("the history", () => {
  it("gives what was said before, and the draft again", () => {
    const history = remember(remember(EMPTY_HISTORY, "one"), "two");
    const two = recall(history, -1, "draft");
    expect(two?.text).toBe("two");
    const one = recall(two?.history ?? history, -1, "two");
    expect(one?.text).toBe("one");
    expect(recall(one?.history ?? history, -1, "one")).toBeUndefined();
    expect(recall(two?.history ?? history, 1, "two")?.text).toBe("draft");
  });

  it("keeps what is said twice in a row once", () => {
    expect(remember(remember(EMPTY_HISTORY, "same"), "same").texts).toEqual(["same"]);
  });

  it("does not lose letters to an edit of what was recalled", () => {
    expect(setText(EMPTY_EDITOR, "recalled").cursor).toBe(8);
  });
});
