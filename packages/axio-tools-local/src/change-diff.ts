import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { TextFile } from "./text-file.ts";

const MAX_LINE = 1_000;
const MAX_LINES = 2_000;
// Comparing two texts that share nothing takes time that grows with the square of their length.
const MAX_EDIT_LENGTH = 1_000;

/** What a person is shown of a change: a unified diff, with long lines and long diffs cut where it says so. */
export function changeDiff(name: string, before: TextFile | undefined, after: TextFile): string {
  const headers = { headerOptions: FILE_HEADERS_ONLY, context: 3 };
  const oldName = before === undefined ? "/dev/null" : `a/${name}`;
  const patch =
    createTwoFilesPatch(oldName, `b/${name}`, before?.text ?? "", after.text, "", "", {
      ...headers,
      maxEditLength: MAX_EDIT_LENGTH,
    }) ?? wholeReplacement(oldName, name, before?.text ?? "", after.text);
  const lines = patch.split("\n");
  const shown = lines.slice(0, MAX_LINES).map(cutLine);
  const rest = lines.length - shown.length;
  return rest === 0 ? shown.join("\n") : `${shown.join("\n")}\n… ${rest} more lines of the change\n`;
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
