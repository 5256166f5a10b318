import { graphemes } from "../theme/width.ts";

/** The text of an input, and its cursor. */
export interface Editor {
  readonly text: string;
  /** In UTF-16 code units. */
  readonly cursor: number;
  /** The pastes whose labels are in the text. */
  readonly pastes: readonly Paste[];
  /** The text that was cut last, for `yank`. */
  readonly cut: string;
}

/** A long paste, which the text shows as a label. */
export interface Paste {
  readonly label: string;
  readonly text: string;
}

export const EMPTY_EDITOR: Editor = { text: "", cursor: 0, pastes: [], cut: "" };

/** The text with its pastes instead of their labels. */
export function wholeText({ text, pastes }: Editor): string {
  return pastes.reduce((whole, paste) => whole.replace(paste.label, () => paste.text), text);
}

export function insert(editor: Editor, text: string): Editor {
  const { cursor } = editor;
  return {
    ...editor,
    text: editor.text.slice(0, cursor) + text + editor.text.slice(cursor),
    cursor: cursor + text.length,
  };
}

/** Inserts a long paste, as a label. */
export function insertPaste(editor: Editor, text: string): Editor {
  const lines = text.split("\n").length;
  const size = lines > 1 ? `${lines} lines` : `${text.length} characters`;
  const label = `[pasted ${size} #${editor.pastes.length + 1}]`;
  return insert({ ...editor, pastes: [...editor.pastes, { label, text }] }, label);
}

/** Replaces the whole text. */
export function setText(editor: Editor, text: string): Editor {
  return { ...EMPTY_EDITOR, cut: editor.cut, text, cursor: text.length };
}

/** Replaces a part of the text, and puts the cursor after it. */
export function replaceRange(editor: Editor, start: number, end: number, text: string): Editor {
  return {
    ...editor,
    text: editor.text.slice(0, start) + text + editor.text.slice(end),
    cursor: start + text.length,
  };
}

export function backspace(editor: Editor): Editor {
  const before = editor.text.slice(0, editor.cursor);
  const paste = editor.pastes.find(({ label }) => before.endsWith(label));
  const length = paste?.label.length ?? lastGrapheme(before).length;
  return replaceRange(editor, editor.cursor - length, editor.cursor, "");
}

export function deleteForward(editor: Editor): Editor {
  const length = firstGrapheme(editor.text.slice(editor.cursor)).length;
  return replaceRange(editor, editor.cursor, editor.cursor + length, "");
}

export function moveLeft(editor: Editor): Editor {
  return { ...editor, cursor: editor.cursor - lastGrapheme(editor.text.slice(0, editor.cursor)).length };
}

export function moveRight(editor: Editor): Editor {
  return { ...editor, cursor: editor.cursor + firstGrapheme(editor.text.slice(editor.cursor)).length };
}

export function moveWordLeft(editor: Editor): Editor {
  return { ...editor, cursor: wordStart(editor) };
}

export function moveWordRight(editor: Editor): Editor {
  const [skipped = ""] = /^\s*\S*/.exec(editor.text.slice(editor.cursor)) ?? [];
  return { ...editor, cursor: editor.cursor + skipped.length };
}

export function moveToLineStart(editor: Editor): Editor {
  return { ...editor, cursor: lineStart(editor) };
}

export function moveToLineEnd(editor: Editor): Editor {
  return { ...editor, cursor: lineEnd(editor) };
}

/** Moves to the same column of the line above (-1) or below (1). Returns `undefined` if there is no such line. */
export function moveLine(editor: Editor, by: -1 | 1): Editor | undefined {
  const start = lineStart(editor);
  const column = editor.cursor - start;
  if (by === -1) {
    if (start === 0) return undefined;
    const above = lineStart({ ...editor, cursor: start - 1 });
    return { ...editor, cursor: Math.min(above + column, start - 1) };
  }
  const end = lineEnd(editor);
  if (end === editor.text.length) return undefined;
  const below = end + 1;
  return { ...editor, cursor: Math.min(below + column, lineEnd({ ...editor, cursor: below })) };
}

export function cutToLineEnd(editor: Editor): Editor {
  const end = lineEnd(editor);
  return cutRange(editor, editor.cursor, end === editor.cursor ? Math.min(end + 1, editor.text.length) : end);
}

export function cutToLineStart(editor: Editor): Editor {
  return cutRange(editor, lineStart(editor), editor.cursor);
}

export function cutWord(editor: Editor): Editor {
  return cutRange(editor, wordStart(editor), editor.cursor);
}

/** Inserts the text that was cut last. */
export function yank(editor: Editor): Editor {
  return insert(editor, editor.cut);
}

function cutRange(editor: Editor, start: number, end: number): Editor {
  if (start === end) return editor;
  return { ...replaceRange(editor, start, end, ""), cut: editor.text.slice(start, end) };
}

function wordStart({ text, cursor }: Editor): number {
  const [skipped = ""] = /\S*\s*$/.exec(text.slice(0, cursor)) ?? [];
  return cursor - skipped.length;
}

function lineStart({ text, cursor }: Editor): number {
  return cursor === 0 ? 0 : text.lastIndexOf("\n", cursor - 1) + 1;
}

function lineEnd({ text, cursor }: Editor): number {
  const end = text.indexOf("\n", cursor);
  return end < 0 ? text.length : end;
}

/** The length of the longest grapheme that is found, in UTF-16 code units. A family with skin tones has 25. */
const LONGEST_GRAPHEME = 64;

function lastGrapheme(text: string): string {
  return graphemes(text.slice(-LONGEST_GRAPHEME)).at(-1) ?? "";
}

function firstGrapheme(text: string): string {
  return graphemes(text.slice(0, LONGEST_GRAPHEME))[0] ?? "";
}
