import type { Tokens } from "marked";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { type Line, lineText, type Span, type Style } from "../theme/line.ts";
import { textWidth } from "../theme/width.ts";
import { wrapWords } from "../theme/wrap.ts";
import { inlineSpans } from "./markdown-inline.ts";

const SMALLEST_COLUMN = 6;

/** The width of each column, the space between two, and on which side their cells are. */
interface Layout {
  readonly columns: readonly number[];
  readonly gap: number;
  readonly align: Tokens.Table["align"];
}

/** Lays out a table: in columns if they fit, else each row as a list of cells. */
export function tableLines(table: Tokens.Table, width: number, terminal: TerminalStyle): readonly Line[] {
  const head = table.header.map((cell) => cellSpans(cell, { bold: true }));
  const body = table.rows.map((row) => row.map((cell) => cellSpans(cell, {})));
  const gap = 2;
  const wanted = head.map((cell, column) =>
    Math.max(1, ...[cell, ...body.map((row) => row[column] ?? [])].map(spansWidth)),
  );
  const columns = fitColumns(wanted, width - gap * (wanted.length - 1));
  if (columns === undefined) return stackedLines(head, body, width, terminal);
  const rule = columns.map((column) => terminal.symbols.rule.repeat(column)).join(" ".repeat(gap));
  const layout: Layout = { columns, gap, align: table.align };
  return [
    ...rowLines(head, layout),
    [{ text: rule, color: "muted" }],
    ...body.flatMap((row) => rowLines(row, layout)),
  ];
}

/** Returns the width of each column; `undefined` if they do not fit. */
function fitColumns(wanted: readonly number[], room: number): readonly number[] | undefined {
  const total = wanted.reduce((sum, width) => sum + width, 0);
  if (total <= room) return wanted;
  if (room < wanted.length * SMALLEST_COLUMN) return undefined;
  // Narrow columns keep their width; the wide ones share the rest.
  const share = Math.floor(room / wanted.length);
  const narrow = wanted.filter((width) => width <= share);
  const left = room - narrow.reduce((sum, width) => sum + width, 0);
  const wide = Math.floor(left / (wanted.length - narrow.length));
  return wanted.map((width) => (width <= share ? width : Math.min(width, wide)));
}

function rowLines(cells: readonly (readonly Span[])[], { columns, gap, align }: Layout): readonly Line[] {
  const wrapped = columns.map((width, column) => wrapWords(cells[column] ?? [], width));
  const height = Math.max(1, ...wrapped.map((rows) => rows.length));
  return Array.from({ length: height }, (_, at) =>
    columns.flatMap((width, column): readonly Span[] => {
      const row = wrapped[column]?.[at] ?? [];
      const isLast = column === columns.length - 1;
      const free = Math.max(0, width - textWidth(lineText(row)));
      const left = row.length === 0 ? 0 : leftPadding(free, align[column]);
      const right = isLast ? 0 : free - left + gap;
      return [...padding(left), ...row, ...padding(right)];
    }),
  );
}

function leftPadding(free: number, align: Layout["align"][number] | undefined): number {
  if (align === "right") return free;
  return align === "center" ? Math.floor(free / 2) : 0;
}

function padding(width: number): readonly Span[] {
  return width === 0 ? [] : [{ text: " ".repeat(width) }];
}

function stackedLines(
  head: readonly (readonly Span[])[],
  body: readonly (readonly (readonly Span[])[])[],
  width: number,
  terminal: TerminalStyle,
): readonly Line[] {
  return body.flatMap((row, index) => [
    ...(index === 0
      ? []
      : [[{ text: terminal.symbols.rule.repeat(Math.min(width, 10)), color: "muted" as const }]]),
    ...row.flatMap((cell, column) => wrapWords([...(head[column] ?? []), { text: ": " }, ...cell], width)),
  ]);
}

function cellSpans(cell: Tokens.TableCell, style: Style): readonly Span[] {
  return inlineSpans(cell.tokens, style).map((part) => ({ ...part, text: part.text.replaceAll("\n", " ") }));
}

function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + textWidth(text), 0);
}
