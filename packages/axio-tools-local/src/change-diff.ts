import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { lineEnding } from "./edits.ts";
import type { TextFile } from "./text-file.ts";
import { visible } from "./visible.ts";

const MAX_LINE = 1_000;
const MAX_LINES = 2_000;
// Comparing two texts that share nothing takes time that grows with the square of their length.
const MAX_EDIT_LENGTH = 1_000;

/** What a person is shown of a change: a unified diff, with long lines and long diffs cut where it says so. */
export function changeDiff(path: string, before: TextFile | undefined, after: TextFile): string {
  const name = visible(path);
  const oldName = before === undefined ? "/dev/null" : `a/${name}`;
  const [oldText, newText] = comparable(before?.text ?? "", after.text);
  const patch =
    createTwoFilesPatch(oldName, `b/${name}`, oldText, newText, "", "", {
      headerOptions: FILE_HEADERS_ONLY,
      context: 3,
      maxEditLength: MAX_EDIT_LENGTH,
    }) ?? wholeReplacement(oldName, name, oldText, newText);
  const lines = patch.split("\n");
  const shown = lines.slice(0, MAX_LINES).map((line) => visible(cutLine(line)));
  const rest = lines.length - shown.length;
  return rest === 0 ? shown.join("\n") : `${shown.join("\n")}\n… ${rest} more lines of the change\n`;
}

/** Line ends that stay CRLF are nothing to show; others that change are. */
function comparable(before: string, after: string): readonly [before: string, after: string] {
  const stays = lineEnding(before) === "\r\n" && lineEnding(after) === "\r\n";
  return stays ? [before.replaceAll("\r\n", "\n"), after.replaceAll("\r\n", "\n")] : [before, after];
}

function wholeReplacement(oldName: string, name: string, before: string, after: string): string {
  const [removed, added] = [splitLines(before), splitLines(after)];
  return [
    `--- ${oldName}`,
    `+++ b/${name}`,
    `@@ -${range(removed)} +${range(added)} @@`,
    // Both begin to be seen, however long the first is.
    ...sample(removed, "-"),
    ...sample(added, "+"),
    "",
  ].join("\n");
}

function range({ length }: readonly string[]): string {
  return length === 0 ? "0,0" : `1,${length}`;
}

function sample(lines: readonly string[], sign: string): readonly string[] {
  const most = MAX_LINES / 2 - 10;
  const shown = lines.slice(0, most).map((line) => sign + line);
  return lines.length > most ? [...shown, `… ${lines.length - most} more lines of this side`] : shown;
}

function splitLines(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function cutLine(line: string): string {
  if (line.length <= MAX_LINE) return line;
  const half = MAX_LINE / 2;
  return `${line.slice(0, half)} … ${line.length - MAX_LINE} more characters … ${line.slice(-half)}`;
}
