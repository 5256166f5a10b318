import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { type Line, type Span, type Style, span } from "../theme/line.ts";
import { truncate } from "../theme/width.ts";
import type {
  Entry,
  HostedToolEntry,
  NoticeEntry,
  ReasoningEntry,
  RetryEntry,
  TextEntry,
  UserEntry,
} from "./entries.ts";
import { spanLines } from "./markdown-lines.ts";
import { cutMarkdown } from "./markdown-pieces.ts";
import type { PieceCache } from "./piece-cache.ts";
import { type ToolLayout, toolLines } from "./tool-lines.ts";

/** The layout of entries. */
export interface Layout extends ToolLayout {
  readonly pieces: PieceCache;
}

/** How many rows of a folded prompt are shown. */
const PROMPT_ROWS = 10;
/** How many rows of reasoning are shown while it grows. */
const LIVE_REASONING_ROWS = 3;

/** Lays out an entry. Returns at least one row. */
export function entryLines(entry: Entry, layout: Layout): readonly Line[] {
  switch (entry.kind) {
    case "user":
      return userLines(entry, layout);
    case "text":
      return textLines(entry, layout);
    case "reasoning":
      return reasoningLines(entry, layout);
    case "tool":
      return toolLines(entry, layout);
    case "hosted-tool":
      return hostedToolLines(entry, layout);
    case "image": {
      const label = `${cleanLine(entry.label, layout.terminal.unicode)}${entry.isLive ? " (preview)" : ""}`;
      return withMarker(layout.terminal.symbols.tool, { color: "accent" }, [span(label)], layout.width);
    }
    case "notice":
      return noticeLines(entry, layout);
    case "retry":
      return retryLines(entry, layout);
  }
}

function userLines(entry: UserEntry, { width, terminal, isExpanded }: Layout): readonly Line[] {
  const text = cleanText(entry.text, terminal.unicode).trimEnd();
  const spans: Span[] = text === "" ? [] : [span(text, { color: "user" })];
  for (const name of entry.attachments) {
    const label = `[${cleanLine(name, terminal.unicode)}]`;
    spans.push(span(spans.length === 0 ? label : `\n${label}`, { color: "muted" }));
  }
  const rows = withMarker(terminal.symbols.prompt, { color: "user", bold: true }, spans, width);
  const hidden = rows.length - PROMPT_ROWS;
  if (isExpanded || hidden < 2) return rows;
  const more = `  ${terminal.symbols.ellipsis} ${hidden} more lines (Ctrl-O)`;
  return [
    ...rows.slice(0, PROMPT_ROWS),
    [span(truncate(more, width, terminal.symbols.ellipsis), { color: "muted" })],
  ];
}

function textLines(entry: TextEntry, { width, terminal, pieces }: Layout): readonly Line[] {
  const text = cleanText(entry.text, terminal.unicode);
  if (entry.isRefusal)
    return withMarker("!", { color: "warning" }, [span(text.trim(), { color: "warning" })], width);
  if (entry.isCommentary)
    return withMarker(
      terminal.symbols.bullet,
      { color: "muted" },
      [span(text.trim(), { color: "muted" })],
      width,
    );
  const rows: Line[] = [];
  for (const piece of cutMarkdown(text)) {
    if (rows.length > 0 && piece.codeLanguage === undefined) rows.push([]);
    for (const row of pieces.rows(piece, width, terminal)) rows.push(row);
  }
  return [...rows, ...sourceLines(entry, width, terminal)];
}

function sourceLines({ sources }: TextEntry, width: number, terminal: TerminalStyle): readonly Line[] {
  const titles = new Map(sources.map(({ url, title }) => [url, title]));
  if (titles.size === 0) return [];
  return [
    [],
    [span("Sources", { color: "muted", bold: true })],
    ...[...titles].flatMap(([url, title], index) =>
      withMarker(
        `${index + 1}.`,
        { color: "muted" },
        [
          ...(title === undefined ? [] : [span(`${cleanLine(title, terminal.unicode)} `)]),
          span(cleanLine(url, terminal.unicode), { color: "link", url }),
        ],
        width,
      ),
    ),
  ];
}

function reasoningLines(entry: ReasoningEntry, { width, terminal, isExpanded }: Layout): readonly Line[] {
  const text = cleanText(entry.text, terminal.unicode).trim();
  const style: Style = { color: "muted", italic: true };
  const body = (): readonly Line[] =>
    spanLines([span(text.replaceAll("**", ""), style)], width - 2).map((row) => [span("  "), ...row]);
  if (isExpanded)
    return [[span(`${terminal.symbols.unfolded} `, { color: "muted" }), span("Reasoning", style)], ...body()];
  if (entry.isLive) {
    const rows = body();
    return [
      [span(`${terminal.symbols.unfolded} `, { color: "muted" }), span("Reasoning", style)],
      ...rows.slice(-LIVE_REASONING_ROWS),
    ];
  }
  // A reasoning summary has its headings in bold; the first one serves as title.
  const title = /^\*\*(.+?)\*\*/.exec(text)?.[1] ?? text;
  const room = Math.max(8, width - 14);
  const first = cleanLine(title, terminal.unicode);
  const short = first.length > room ? `${first.slice(0, room - 1)}${terminal.symbols.ellipsis}` : first;
  return withMarker(terminal.symbols.folded, { color: "muted" }, [span(`Reasoning: ${short}`, style)], width);
}

function hostedToolLines(entry: HostedToolEntry, { width, terminal }: Layout): readonly Line[] {
  const names: { readonly [name: string]: string } = {
    "web-search": "Web search",
    "image-generation": "Picture",
    "code-interpreter": "Code",
    "file-search": "File search",
  };
  const hasFailed = entry.status === "failed" || entry.status === "incomplete";
  const spans: Span[] = [span(names[entry.name] ?? cleanLine(entry.name, terminal.unicode), { bold: true })];
  if (entry.detail !== undefined) spans.push(span(` ${cleanLine(entry.detail, terminal.unicode)}`));
  if (entry.isLive) spans.push(span(` ${terminal.symbols.ellipsis}`, { color: "muted" }));
  if (hasFailed) spans.push(span(` (${entry.status})`, { color: "error" }));
  return withMarker(terminal.symbols.tool, { color: hasFailed ? "error" : "accent" }, spans, width);
}

function noticeLines(entry: NoticeEntry, { width, terminal }: Layout): readonly Line[] {
  const style: Style = entry.level === "info" ? { color: "muted" } : { color: entry.level };
  const mark =
    entry.level === "info" ? terminal.symbols.dot : entry.level === "error" ? terminal.symbols.failed : "!";
  const spans: Span[] = [span(cleanText(entry.text, terminal.unicode).trimEnd(), style)];
  if (entry.remedy !== undefined)
    spans.push(span(`\n${terminal.symbols.arrow} ${cleanText(entry.remedy, terminal.unicode)}`));
  return withMarker(mark, style, spans, width);
}

function retryLines(entry: RetryEntry, { width, terminal }: Layout): readonly Line[] {
  const seconds = entry.delayMs / 1000;
  const wait = seconds < 1 ? "now" : `in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const text = `${cleanText(entry.error.message, terminal.unicode)} Retrying ${wait} (attempt ${entry.attempt}).`;
  return withMarker(terminal.symbols.retry, { color: "warning" }, [span(text, { color: "warning" })], width);
}

/** Lays out text with a marker before the first row, and the other rows indented. */
export function withMarker(
  marker: string,
  style: Style,
  spans: readonly Span[],
  width: number,
): readonly Line[] {
  const margin = marker.length + 1;
  return spanLines(spans, width - margin).map((row, index) => [
    index === 0 ? span(`${marker} `, style) : span(" ".repeat(margin)),
    ...row,
  ]);
}
