import { refusal } from "./local-error.ts";

/** Text to be replaced. */
export interface Edit {
  readonly oldText: string;
  readonly newText: string;
  /** Every place where `oldText` stands, not just the one. */
  readonly all?: boolean;
}

/**
 * Makes edits one after the other, all or none. Where all lines of the text end in CRLF, edits may be written with LF.
 *
 * @throws AxioError `invalid-argument` where a text to be replaced is not there, or there more than once.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) throw refusal("There is no edit. Give at least one.");
  const adapt = lineEnding(text) === "\r\n" ? withCrlf : (part: string): string => part;
  return edits.reduce((current, edit, index) => {
    const label = edits.length === 1 ? "" : `Edit ${index + 1}: `;
    return applyEdit(current, { ...edit, oldText: adapt(edit.oldText), newText: adapt(edit.newText) }, label);
  }, text);
}

/** What ends the lines of a text: `undefined` where they do not agree, or there is one line. */
export function lineEnding(text: string): "\n" | "\r\n" | undefined {
  const all = text.split("\n").length - 1;
  const crlf = text.split("\r\n").length - 1;
  if (all === 0) return undefined;
  if (crlf === 0) return "\n";
  return crlf === all ? "\r\n" : undefined;
}

function withCrlf(text: string): string {
  return text.replace(/\r?\n/g, "\r\n");
}

function applyEdit(text: string, { oldText, newText, all = false }: Edit, label: string): string {
  if (oldText === "")
    throw refusal(`${label}oldText is empty. Give the text to replace, with the lines around it.`);
  if (oldText === newText) throw refusal(`${label}oldText and newText are the same.`);
  const places = occurrences(text, oldText);
  const [first] = places;
  if (first === undefined) throw refusal(`${label}${notFound(text, oldText)}`);
  if (all) return text.split(oldText).join(newText);
  if (places.length > 1) {
    const lines = places.slice(0, 10).map((place) => lineOf(text, place));
    throw refusal(
      `${label}oldText stands ${places.length} times in the file, from the lines ${lines.join(", ")}${places.length > lines.length ? ", …" : ""} on. Give more of the lines around the one that you mean, or set "all" to replace each.`,
    );
  }
  return text.slice(0, first) + newText + text.slice(first + oldText.length);
}

function occurrences(text: string, part: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function notFound(text: string, oldText: string): string {
  const what = "oldText is not in the file.";
  const wanted = oldText.split("\n").map((line) => line.trim());
  const lines = text.split("\n").map((line) => line.trim());
  const similar = wanted.every((line) => line === "") ? -1 : findLines(lines, wanted);
  if (similar !== -1) {
    return `${what} The lines ${similar + 1} to ${similar + wanted.length} differ from it in white space only: copy them exactly.`;
  }
  if (wanted.every((line) => /^\d+(?:\t|$)/.test(line))) {
    return `${what} Leave out the line numbers that read_file puts before each line.`;
  }
  const longest = wanted.reduce((best, line) => (line.length > best.length ? line : best), "");
  const near = longest === "" ? -1 : lines.indexOf(longest);
  const hint = near === -1 ? "" : ` A line of it is there as line ${near + 1}.`;
  return `${what}${hint} Read the file again and copy the text exactly, white space and all.`;
}

function findLines(lines: readonly string[], wanted: readonly string[]): number {
  return lines.findIndex((_, start) => wanted.every((line, index) => lines[start + index] === line));
}

function lineOf(text: string, place: number): number {
  return text.slice(0, place).split("\n").length;
}
