import { toolError } from "./tool-error.ts";

/** One replacement in a text. */
export interface Edit {
  readonly oldText: string;
  readonly newText: string;
  /** Replace every occurrence of `oldText` instead of the only one. */
  readonly all?: boolean | undefined;
}

/**
 * Applies edits in order, all or none. If every line of the text ends in CRLF, edits may use LF.
 *
 * @throws AxioError `invalid-argument` if an edit's old text is missing or ambiguous.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) throw toolError("There is no edit. Give at least one.");
  const adapt = lineEnding(text) === "\r\n" ? toCrlf : (part: string): string => part;
  return edits.reduce((current, edit, index) => {
    const label = edits.length === 1 ? "" : `Edit ${index + 1}: `;
    return applyEdit(current, { ...edit, oldText: adapt(edit.oldText), newText: adapt(edit.newText) }, label);
  }, text);
}

/** Returns the line ending of a text; `undefined` if it is mixed or there is only one line. */
export function lineEnding(text: string): "\n" | "\r\n" | undefined {
  const all = text.split("\n").length - 1;
  const crlf = text.split("\r\n").length - 1;
  if (all === 0) return undefined;
  if (crlf === 0) return "\n";
  return crlf === all ? "\r\n" : undefined;
}

function toCrlf(text: string): string {
  return text.replace(/\r?\n/g, "\r\n");
}

function applyEdit(text: string, { oldText, newText, all = false }: Edit, label: string): string {
  if (oldText === "") throw toolError(`${label}oldText is empty. Give the text to replace.`);
  if (oldText === newText) throw toolError(`${label}oldText and newText are the same.`);
  const offsets = occurrences(text, oldText);
  const [first] = offsets;
  if (first === undefined) throw toolError(`${label}${notFound(text, oldText)}`);
  if (all) return text.split(oldText).join(newText);
  if (offsets.length > 1) {
    const lines = offsets.slice(0, 10).map((offset) => lineAt(text, offset));
    throw toolError(
      `${label}oldText occurs ${offsets.length} times, at lines ${lines.join(", ")}${offsets.length > lines.length ? ", …" : ""}. Include more surrounding lines, or set "all" to replace every occurrence.`,
    );
  }
  return text.slice(0, first) + newText + text.slice(first + oldText.length);
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
