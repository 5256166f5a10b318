import type { PermissionRequest } from "axio/plugin";
import { type EscapeOptions, escapedLines } from "../theme/escape-visible.ts";
import { type Line, type Span, type Style, span } from "../theme/line.ts";
import { wrapCharacters } from "../theme/wrap.ts";

/** The text in front of a row: of the first row, of each further line, and of the rest of a line that is too long. */
interface Gutter {
  readonly first: string;
  readonly line: string;
  readonly rest: string;
}

const COMMAND: Gutter = { first: "$ ", line: "> ", rest: "| " };
const PLAIN: Gutter = { first: "  ", line: "  ", rest: "| " };

/** Lays out what a permission request is about, to its last character. */
export function detailLines({ detail, subject }: PermissionRequest, width: number): readonly Line[] {
  // The command that will run, not a description of it.
  if (subject?.type === "shell")
    return rows(subject.command, width, COMMAND, { isRaw: true, style: { color: "code" } });
  if (detail === undefined) return [];
  switch (detail.type) {
    case "text":
      return rows(detail.text, width, PLAIN, {});
    case "command":
      return rows(detail.command, width, COMMAND, { style: { color: "code" } });
    case "diff":
      return detail.diff
        .replace(/\n$/, "")
        .split("\n")
        .flatMap((line) => rows(line, width, PLAIN, { style: diffStyle(line) }));
  }
}

function rows(text: string, width: number, gutter: Gutter, options: EscapeOptions): readonly Line[] {
  return escapedLines(text, options).flatMap((line, index) =>
    wrapCharacters(line, width - gutter.rest.length).map((row, part): Line => {
      const mark = part > 0 ? gutter.rest : index > 0 ? gutter.line : gutter.first;
      return [muted(mark), ...row];
    }),
  );
}

function muted(text: string): Span {
  return span(text, { color: "muted" });
}

function diffStyle(row: string): Style {
  if (row.startsWith("+++") || row.startsWith("---")) return { bold: true };
  if (row.startsWith("@@")) return { color: "accent" };
  if (row.startsWith("+")) return { color: "added" };
  if (row.startsWith("-")) return { color: "removed" };
  return {};
}
