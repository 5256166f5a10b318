import type { Key } from "../terminal/keys.ts";
import {
  backspace,
  cutToLineEnd,
  cutToLineStart,
  cutWord,
  deleteForward,
  type Editor,
  insert,
  moveLeft,
  moveRight,
  moveToLineEnd,
  moveToLineStart,
  moveWordLeft,
  moveWordRight,
  yank,
} from "./editor.ts";

type Edit = (editor: Editor) => Editor;

/** Keys as in Emacs and Bash. */
const EDITS: { readonly [key: string]: Edit } = {
  backspace,
  "ctrl-h": backspace,
  delete: deleteForward,
  "ctrl-d": deleteForward,
  left: moveLeft,
  "ctrl-b": moveLeft,
  right: moveRight,
  "ctrl-f": moveRight,
  "ctrl-left": moveWordLeft,
  "alt-left": moveWordLeft,
  "alt-b": moveWordLeft,
  "ctrl-right": moveWordRight,
  "alt-right": moveWordRight,
  "alt-f": moveWordRight,
  home: moveToLineStart,
  "ctrl-a": moveToLineStart,
  end: moveToLineEnd,
  "ctrl-e": moveToLineEnd,
  "ctrl-k": cutToLineEnd,
  "ctrl-u": cutToLineStart,
  "ctrl-w": cutWord,
  "alt-backspace": cutWord,
  "ctrl-backspace": cutWord,
  "ctrl-y": yank,
  "alt-enter": (editor) => insert(editor, "\n"),
  "shift-enter": (editor) => insert(editor, "\n"),
  "ctrl-enter": (editor) => insert(editor, "\n"),
  "ctrl-j": (editor) => insert(editor, "\n"),
};

/** Applies a key. Returns `undefined` if the key does not edit. */
export function editKey(editor: Editor, key: Key): Editor | undefined {
  return EDITS[keyName(key)]?.(editor);
}

/** The name of a key with its modifiers: `"ctrl-a"`, `"alt-enter"`. */
export function keyName({ name, ctrl, alt, shift }: Key): string {
  return `${ctrl ? "ctrl-" : ""}${alt ? "alt-" : ""}${shift ? "shift-" : ""}${name}`;
}
