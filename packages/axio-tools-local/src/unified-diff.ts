import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { lineEnding } from "./edits.ts";
import { escapeControl } from "./escape-control.ts";
import type { TextFile } from "./text-file.ts";

const MAX_LINE_CHARACTERS = 1_000;
const MAX_LINES = 2_000;
// The comparison takes quadratic time for texts that share nothing.
const MAX_EDIT_LENGTH = 1_000;

/** Returns a unified diff for the user. Long lines and long diffs are truncated with a note. */
export function unifiedDiff(path: string, before: TextFile | undefined, after: TextFile): string {
  const name = escapeControl(path);
  const oldName = before === undefined ? "/dev/null" : `a/${name}`;
  const [oldText, newText] = normalizeUnchangedCrlf(before?.text ?? "", after.text);
  const patch =
    createTwoFilesPatch(oldName, `b/${name}`, oldText, newText, "", "", {
      headerOptions: FILE_HEADERS_ONLY,
      context: 3,
      maxEditLength: MAX_EDIT_LENGTH,
    }) ?? wholeReplacement(oldName, name, oldText, newText);
  const lines = patch.split("\n");
  const shown = lines.slice(0, MAX_LINES).map((line) => escapeControl(truncateLine(line)));
  const rest = lines.length - shown.length;
  return rest === 0 ? shown.join("\n") : `${shown.join("\n")}\n… ${rest} more lines of the change\n`;
}

/** Hides CRLF if both texts use it; a changed line ending stays visible. */
function normalizeUnchangedCrlf(before: string, after: string): readonly [before: string, after: string] {
  const isUnchanged = lineEnding(before) === "\r\n" && lineEnding(after) === "\r\n";
  return isUnchanged ? [before.replaceAll("\r\n", "\n"), after.replaceAll("\r\n", "\n")] : [before, after];
}

function wholeReplacement(oldName: string, name: string, before: string, after: string): string {
  const [removed, added] = [splitLines(before), splitLines(after)];
  return [
    `--- ${oldName}`,
    `+++ b/${name}`,
    `@@ -${range(removed)} +${range(added)} @@`,
    // Each side is truncated, so that the beginnings of both are shown.
    ...sample(removed, "-"),
    ...sample(added, "+"),
    "",
  ].join("\n");
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

function truncateLine(line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const half = MAX_LINE_CHARACTERS / 2;
  return `${line.slice(0, half)} … ${line.length - MAX_LINE_CHARACTERS} more characters … ${line.slice(-half)}`;
}
