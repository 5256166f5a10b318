import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { type Color, type Line, lineText, type Span, span } from "../theme/line.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { wrapCharacters } from "../theme/wrap.ts";
import { diffLines, diffSize, sizeSpans } from "./diff-lines.ts";
import type { ToolEntry } from "./entries.ts";
import { fullInput, shortInput } from "./tool-call-text.ts";

/** How many rows of a folded or growing result are shown. */
const FOLDED_ROWS = 4;
/** How many rows of a folded change are shown. */
const FOLDED_DIFF_ROWS = 10;
/** How many rows of an unfolded result are shown. */
const MAX_ROWS = 500;
/** How many rows of an unfolded change are shown. */
const MAX_DIFF_ROWS = 5_000;
/** How much of a row is shown, in characters. One may be a megabyte. */
const LONGEST_ROW = 2_000;

/** The layout of tool calls. */
export interface ToolLayout {
  readonly width: number;
  readonly terminal: TerminalStyle;
  /** Whether reasoning, tool results and long prompts are shown in full. */
  readonly isExpanded: boolean;
}

/** Lays out a tool call and its result. */
export function toolLines(entry: ToolEntry, layout: ToolLayout): readonly Line[] {
  const { terminal } = layout;
  const colors: { readonly [state in ToolEntry["state"]]: Color } = {
    writing: "muted",
    running: "warning",
    done: "success",
    failed: "error",
  };
  const marks = { ...terminal.symbols, writing: terminal.symbols.tool, running: terminal.symbols.tool };
  const mark = span(`${marks[entry.state]} `, { color: colors[entry.state] });
  const output = entry.diff === undefined ? outputLines(entry, layout) : changeLines(entry.diff, layout);
  return [...headLines(entry, mark, layout), ...output];
}

function headLines(
  entry: ToolEntry,
  mark: Span,
  { width, terminal, isExpanded }: ToolLayout,
): readonly Line[] {
  const name = span(cleanLine(entry.name, terminal.unicode), { bold: true });
  const head: Line = [mark, name];
  // The change shows more than the input.
  if (isExpanded && entry.diff === undefined) {
    const rows = cleanText(fullInput(entry), terminal.unicode).split("\n");
    return [
      head,
      ...cutRows(rows, MAX_ROWS)
        .flatMap((row) => wrapCharacters([span(row.slice(0, LONGEST_ROW), { color: "muted" })], width - 4))
        .map((row): Line => [span("    "), ...row]),
    ];
  }
  const room = width - 3 - name.text.length;
  const input = cleanLine(shortInput(entry).slice(0, LONGEST_ROW), terminal.unicode);
  const suffix = entry.state === "writing" ? ` ${terminal.symbols.ellipsis}` : "";
  if (room < 6) return [head];
  const size = entry.diff === undefined ? [] : [span("  "), ...sizeSpans(diffSize(entry.diff))];
  const shown = truncate(input, room - suffix.length - textWidth(lineText(size)), terminal.symbols.ellipsis);
  return [[...head, span(` ${shown}${suffix}`), ...size]];
}

function changeLines(diff: string, { width, terminal, isExpanded }: ToolLayout): readonly Line[] {
  const all = diffLines(diff, width - 4, terminal);
  const limit = isExpanded ? MAX_DIFF_ROWS : FOLDED_DIFF_ROWS;
  const rows = all.length <= limit + 1 ? all : all.slice(0, limit);
  return withCorner([...rows, ...moreLine(all.length - rows.length, isExpanded, width, terminal)], terminal);
}

function outputLines(entry: ToolEntry, { width, terminal, isExpanded }: ToolLayout): readonly Line[] {
  const isDone = entry.result !== undefined;
  const output = entry.waitsForOther ? `Waits for another call of ${entry.name}.` : entry.output;
  const text = (entry.result ?? output).trimEnd();
  const attachments = entry.attachments.map((name) => `[${name}]`);
  if (text === "" && attachments.length === 0) return [];
  const all = [...(text === "" ? [] : text.split("\n")), ...attachments];
  const limit = isExpanded ? MAX_ROWS : FOLDED_ROWS;
  const shown = all.length <= limit + 1 ? all : isDone ? all.slice(0, limit) : all.slice(-limit);
  const hidden = all.length - shown.length;
  const color: Color = entry.state === "failed" ? "error" : "muted";
  const rows = shown.flatMap((row): readonly Line[] => {
    const clean = cleanText(row.slice(0, LONGEST_ROW), terminal.unicode).replaceAll("\n", " ");
    const cut = row.length > LONGEST_ROW ? `${clean}${terminal.symbols.ellipsis}` : clean;
    if (!isExpanded) return [[span(truncate(cut, width - 4, terminal.symbols.ellipsis), { color })]];
    return wrapCharacters([span(cut, { color })], width - 4);
  });
  return withCorner([...rows, ...moreLine(hidden, isExpanded, width, terminal)], terminal);
}

function moreLine(
  hidden: number,
  isExpanded: boolean,
  width: number,
  { symbols }: TerminalStyle,
): readonly Line[] {
  if (hidden <= 0) return [];
  const more = `${symbols.ellipsis} ${hidden} more ${hidden === 1 ? "line" : "lines"}${isExpanded ? "" : " (Ctrl-O)"}`;
  return [[span(truncate(more, width - 4, symbols.ellipsis), { color: "muted" })]];
}

function withCorner(rows: readonly Line[], terminal: TerminalStyle): readonly Line[] {
  return rows.map((row, index) => [
    span(index === 0 ? `  ${terminal.symbols.corner} ` : "    ", { color: "muted" }),
    ...row,
  ]);
}

function cutRows(rows: readonly string[], limit: number): readonly string[] {
  return rows.length <= limit ? rows : rows.slice(0, limit);
}
