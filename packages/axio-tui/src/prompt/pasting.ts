import type { PasteInput } from "../terminal/keys.ts";
import { formatBytes } from "../transcript/describe-block.ts";
import { type Editor, insert, insertPaste } from "./editor.ts";

/** A longer paste is shown as a label. */
const SHOWN_CHARACTERS = 800;
const SHOWN_LINES = 8;

/** The editor with a paste, or why it was not inserted. */
export type PasteResult =
  | { readonly editor: Editor; readonly problem?: never }
  | { readonly editor?: never; readonly problem: string };

/** Inserts a paste: a short one as text, a long one as a label. */
export function insertPasted(editor: Editor, paste: PasteInput): PasteResult {
  if (isBinary(paste.text))
    return {
      problem: `The paste (${formatBytes(paste.size)}) is not text. To attach a picture or a file, type @ and its path.`,
    };
  if (paste.isCut)
    return {
      problem: `The paste has ${formatBytes(paste.size)}; the limit is 2 MB. Save it as a file, and type @ and its path.`,
    };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a prompt contains no control characters
  const text = paste.text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").replaceAll("\t", "  ");
  const isLong = text.length > SHOWN_CHARACTERS || text.split("\n", SHOWN_LINES + 1).length > SHOWN_LINES;
  return { editor: isLong ? insertPaste(editor, text) : insert(editor, text) };
}

function isBinary(text: string): boolean {
  const sample = text.slice(0, 10_000);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: characters that text does not contain
  const strange = sample.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
  return sample.includes("\0") || strange > sample.length / 50 + 2;
}
