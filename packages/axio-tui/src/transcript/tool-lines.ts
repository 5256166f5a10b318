import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { type Color, type Line, type Span, span } from "../theme/line.ts";
import { truncate } from "../theme/width.ts";
import { wrapCharacters } from "../theme/wrap.ts";
import type { ToolEntry } from "./entries.ts";
import type { Layout } from "./entry-lines.ts";
import { fullArguments, toolArguments } from "./tool-call-text.ts";

/** How many rows of a result are shown folded, and while it comes. */
const FOLDED_ROWS = 4;
/** How many rows of a result are shown whole: no more fit into a memory. */
const MOST_ROWS = 500;
/** What is looked at of a row of a result, in characters: one may be a megabyte. */
const LONGEST_ROW = 2_000;

/** A tool call as rows: what is called, and what came of it. */
export function toolLines(entry: ToolEntry, layout: Layout): readonly Line[] {
  const { look } = layout;
  const colors: { readonly [state in ToolEntry["state"]]: Color } = {
    writing: "muted",
    running: "warning",
    done: "success",
    failed: "error",
  };
  const marks = { ...look.glyphs, writing: look.glyphs.tool, running: look.glyphs.tool };
  const mark = span(`${marks[entry.state]} `, { color: colors[entry.state] });
  return [...headLines(entry, mark, layout), ...outputLines(entry, layout)];
}

function headLines(entry: ToolEntry, mark: Span, { width, look, isExpanded }: Layout): readonly Line[] {
  const name = span(cleanLine(entry.name, look.unicode), { bold: true });
  const head: Line = [mark, name];
  if (isExpanded) {
    const rows = cleanText(fullArguments(entry), look.unicode).split("\n");
    return [
      head,
      ...cutRows(rows, MOST_ROWS)
        .flatMap((row) => wrapCharacters([span(row.slice(0, LONGEST_ROW), { color: "muted" })], width - 4))
        .map((row): Line => [span("    "), ...row]),
    ];
  }
  const room = width - 3 - name.text.length;
  const said = cleanLine(toolArguments(entry).slice(0, LONGEST_ROW), look.unicode);
  const suffix = entry.state === "writing" ? ` ${look.glyphs.ellipsis}` : "";
  if (room < 6) return [head];
  return [[...head, span(` ${truncate(said, room - suffix.length, look.glyphs.ellipsis)}${suffix}`)]];
}

function outputLines(entry: ToolEntry, { width, look, isExpanded }: Layout): readonly Line[] {
  const isOver = entry.result !== undefined;
  const text = (entry.result ?? entry.output).trimEnd();
  const attachments = entry.attachments.map((name) => `[${name}]`);
  if (text === "" && attachments.length === 0) return [];
  const all = [...(text === "" ? [] : text.split("\n")), ...attachments];
  const limit = isExpanded ? MOST_ROWS : FOLDED_ROWS;
  const shown = all.length <= limit + 1 ? all : isOver ? all.slice(0, limit) : all.slice(-limit);
  const hidden = all.length - shown.length;
  const color: Color = entry.state === "failed" ? "error" : "muted";
  const rows = shown.flatMap((row): readonly Line[] => {
    const clean = cleanText(row.slice(0, LONGEST_ROW), look.unicode).replaceAll("\n", " ");
    const cut = row.length > LONGEST_ROW ? `${clean}${look.glyphs.ellipsis}` : clean;
    if (!isExpanded) return [[span(truncate(cut, width - 4, look.glyphs.ellipsis), { color })]];
    return wrapCharacters([span(cut, { color })], width - 4);
  });
  if (hidden > 0) {
    const more = `${look.glyphs.ellipsis} ${hidden} more ${hidden === 1 ? "line" : "lines"}${isExpanded ? "" : " (Ctrl-O)"}`;
    rows.push([span(truncate(more, width - 4, look.glyphs.ellipsis), { color: "muted" })]);
  }
  return rows.map((row, index) => [
    span(index === 0 ? `  ${look.glyphs.corner} ` : "    ", { color: "muted" }),
    ...row,
  ]);
}

function cutRows(rows: readonly string[], limit: number): readonly string[] {
  return rows.length <= limit ? rows : rows.slice(0, limit);
}
