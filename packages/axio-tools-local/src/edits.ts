import { LfText } from "./line-endings.ts";
import { toolError } from "./tool-error.ts";

/** One replacement in a text. */
export interface Edit {
  readonly oldText: string;
  readonly newText: string;
  /** Replace every occurrence of `oldText` instead of the only one. */
  readonly all?: boolean | undefined;
}

/**
 * Applies edits in order, all or none. Edits may use LF for every line ending, as `read_file` shows the text; the file keeps the
 * endings that it has.
 *
 * @throws AxioError `invalid-argument` if an edit's old text is missing or ambiguous.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) throw toolError("There is no edit. Give at least one.");
  return edits.reduce((current, edit, index) => {
    const label = edits.length === 1 ? "" : `Edit ${index + 1}: `;
    return applyEdit(current, edit, label);
  }, text);
}

function applyEdit(text: string, { oldText, newText, all = false }: Edit, label: string): string {
  if (oldText === "") throw toolError(`${label}oldText is empty. Give the text to replace.`);
  if (oldText === newText) throw toolError(`${label}oldText and newText are the same.`);
  const lf = new LfText(text);
  const wanted = toLf(oldText);
  const offsets = occurrences(lf.text, wanted);
  const [first] = offsets;
  if (first === undefined) throw toolError(`${label}${notFound(lf.text, wanted)}`);
  if (!all && offsets.length > 1) {
    const lines = offsets.slice(0, 10).map((offset) => lineAt(lf.text, offset));
    throw toolError(
      `${label}oldText occurs ${offsets.length} times, at lines ${lines.join(", ")}${offsets.length > lines.length ? ", …" : ""}. Include more surrounding lines, or set "all" to replace every occurrence.`,
    );
  }
  // An edit that changes nothing else changes the line endings.
  const isOnlyEndings = wanted === toLf(newText);
  const parts: string[] = [];
  let done = 0;
  for (const start of offsets) {
    const end = start + wanted.length;
    const replacement = isOnlyEndings ? newText : lf.replacement(start, end, newText);
    parts.push(lf.original(done, start), replacement);
    done = end;
  }
  return [...parts, lf.original(done, lf.text.length)].join("");
}

function toLf(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

function occurrences(text: string, part: string): readonly number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) offsets.push(at);
  return offsets;
}

function notFound(text: string, oldText: string): string {
  const problem = "oldText is not in the file.";
  const wanted = oldText.split("\n").map((line) => line.trim());
  const lines = text.split("\n").map((line) => line.trim());
  const similar = wanted.every((line) => line === "") ? -1 : findLines(lines, wanted);
  if (similar !== -1) {
    return `${problem} Lines ${similar + 1} to ${similar + wanted.length} differ only in white space: copy them exactly.`;
  }
  if (wanted.every((line) => /^\d+(?:\t|$)/.test(line))) {
    return `${problem} Omit the line numbers that read_file adds.`;
  }
  const longest = wanted.reduce((best, line) => (line.length > best.length ? line : best), "");
  const near = longest === "" ? -1 : lines.indexOf(longest);
  const hint = near === -1 ? "" : ` One of its lines is line ${near + 1}.`;
  return `${problem}${hint} Read the file again and copy the text exactly, including white space.`;
}

function findLines(lines: readonly string[], wanted: readonly string[]): number {
  return lines.findIndex((_, start) => wanted.every((line, index) => lines[start + index] === line));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
