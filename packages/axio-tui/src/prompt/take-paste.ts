import { formatBytes } from "../transcript/describe-block.ts";
import { type Editor, insert, insertPaste } from "./editor.ts";

/** A paste longer than this is shown as a label. */
const SHOWN_CHARACTERS = 800;
const SHOWN_LINES = 8;

/** A paste that was put in, or why it was not. */
export type TakenPaste =
  | { readonly editor: Editor; readonly refusal?: never }
  | { readonly editor?: never; readonly refusal: string };

/** Puts a paste into the prompt: short ones as they are, long ones as a label. */
export function takePaste(
  editor: Editor,
  paste: { readonly text: string; readonly size: number; readonly isCut: boolean },
): TakenPaste {
  if (isBinary(paste.text))
    return {
      refusal: `What was pasted (${formatBytes(paste.size)}) is no text. To give a picture or a file, write @ and its path.`,
    };
  if (paste.isCut)
    return {
      refusal: `What was pasted has ${formatBytes(paste.size)}; at most 2 MB can be pasted. Save it as a file, and write @ and its path.`,
    };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a prompt holds no control characters
  const text = paste.text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").replaceAll("\t", "  ");
  const isLong = text.length > SHOWN_CHARACTERS || text.split("\n", SHOWN_LINES + 1).length > SHOWN_LINES;
  return { editor: isLong ? insertPaste(editor, text) : insert(editor, text) };
}

function isBinary(text: string): boolean {
  const sample = text.slice(0, 10_000);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what text does not hold
  const strange = sample.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
  return sample.includes("\0") || strange > sample.length / 50 + 2;
}
