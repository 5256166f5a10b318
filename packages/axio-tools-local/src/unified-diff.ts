import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { escapeControl } from "./escape-control.ts";
import { lineEnding } from "./line-endings.ts";
import { shortenLines } from "./shorten-lines.ts";
import { BYTE_ORDER_MARK, type TextFile } from "./text-file.ts";

const MAX_LINES = 2_000;
// The comparison takes quadratic time for texts that share nothing.
const MAX_EDIT_LENGTH = 1_000;

/**
 * Returns a unified diff for the user. It shows every byte that changes, also byte order marks, line endings and control
 * characters. Long lines and long diffs are truncated with a note.
 */
export function unifiedDiff(path: string, before: TextFile | undefined, after: TextFile): string {
  const name = escapeControl(path);
  const oldName = before === undefined ? "/dev/null" : `a/${name}`;
  const [oldText, newText] = visibleTexts(before, after);
  const patch =
    createTwoFilesPatch(oldName, `b/${name}`, oldText, newText, "", "", {
      headerOptions: FILE_HEADERS_ONLY,
      context: 3,
      maxEditLength: MAX_EDIT_LENGTH,
    }) ?? wholeReplacement(oldName, name, oldText, newText);
  const lines = patch.split("\n");
  const shown = shortenLines(lines.slice(0, MAX_LINES)).map(escapeControl);
  const rest = lines.length - shown.length;
  return rest === 0 ? shown.join("\n") : `${shown.join("\n")}\n… ${rest} more lines of the change\n`;
}

/** Hides a byte order mark that both texts have, and CRLF if both use it for every line. */
function visibleTexts(
  before: TextFile | undefined,
  after: TextFile,
): readonly [before: string, after: string] {
  const hasSameMark = before?.hasByteOrderMark === after.hasByteOrderMark;
  const [oldText, newText] = [before, after].map((file) =>
    file === undefined ? "" : `${file.hasByteOrderMark && !hasSameMark ? BYTE_ORDER_MARK : ""}${file.text}`,
  ) as [string, string];
  const hasSameEnding = lineEnding(oldText) === "\r\n" && lineEnding(newText) === "\r\n";
  return hasSameEnding
    ? [oldText.replaceAll("\r\n", "\n"), newText.replaceAll("\r\n", "\n")]
    : [oldText, newText];
}

function wholeReplacement(oldName: string, name: string, before: string, after: string): string {
  const [removed, added] = [splitLines(before), splitLines(after)];
  return [
    `--- ${oldName}`,
    `+++ b/${name}`,
    `@@ -${range(removed)} +${range(added)} @@`,
    // Each side is truncated, so that the beginnings of both are shown.
    ...sample(removed, "-"),
    ...endNote(before),
    ...sample(added, "+"),
    ...endNote(after),
    "",
  ].join("\n");
}

function endNote(text: string): readonly string[] {
  return text === "" || text.endsWith("\n") ? [] : ["\\ No newline at end of file"];
}

function range({ length }: readonly string[]): string {
  return length === 0 ? "0,0" : `1,${length}`;
}

function sample(lines: readonly string[], sign: string): readonly string[] {
  const max = MAX_LINES / 2 - 10;
  const shown = lines.slice(0, max).map((line) => sign + line);
  return lines.length > max ? [...shown, `… ${lines.length - max} more lines of this side`] : shown;
}

function splitLines(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
