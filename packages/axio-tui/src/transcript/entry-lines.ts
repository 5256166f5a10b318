import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { type Line, type Span, type Style, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
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
import { toolLines } from "./tool-lines.ts";

/** How entries are laid out. */
export interface Layout {
  /** Columns. */
  readonly width: number;
  readonly look: TerminalStyle;
  /** Whether thoughts and what tools gave are shown whole. */
  readonly isExpanded: boolean;
  readonly pieces: PieceCache;
}

/** How many rows of a long prompt are shown folded. */
const SHOWN_PROMPT_ROWS = 10;
/** How many rows of a thought are shown while it grows. */
const LIVE_THOUGHT_ROWS = 3;

/** An entry as rows. Never empty. */
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
      const label = `${cleanLine(entry.label, layout.look.unicode)}${entry.isLive ? " (preview)" : ""}`;
      return withMarker(layout.look.glyphs.tool, { color: "accent" }, [span(label)], layout.width);
    }
    case "notice":
      return noticeLines(entry, layout);
    case "retry":
      return retryLines(entry, layout);
  }
}

function userLines(entry: UserEntry, { width, look, isExpanded }: Layout): readonly Line[] {
  const text = cleanText(entry.text, look.unicode).trimEnd();
  const spans: Span[] = text === "" ? [] : [span(text, { color: "user" })];
  for (const name of entry.attachments) {
    const label = `[${cleanLine(name, look.unicode)}]`;
    spans.push(span(spans.length === 0 ? label : `\n${label}`, { color: "muted" }));
  }
  const rows = withMarker(look.glyphs.prompt, { color: "user", bold: true }, spans, width);
  const hidden = rows.length - SHOWN_PROMPT_ROWS;
  // What was pasted can be long, and the person knows it.
  if (isExpanded || hidden < 2) return rows;
  const more = `  ${look.glyphs.ellipsis} ${hidden} more lines (Ctrl-O)`;
  return [
    ...rows.slice(0, SHOWN_PROMPT_ROWS),
    [span(truncate(more, width, look.glyphs.ellipsis), { color: "muted" })],
  ];
}

function textLines(entry: TextEntry, { width, look, pieces }: Layout): readonly Line[] {
  const text = cleanText(entry.text, look.unicode);
  if (entry.isRefusal)
    return withMarker("!", { color: "warning" }, [span(text.trim(), { color: "warning" })], width);
  if (entry.isCommentary)
    return withMarker(look.glyphs.bullet, { color: "muted" }, [span(text.trim(), { color: "muted" })], width);
  const rows: Line[] = [];
  for (const piece of cutMarkdown(text)) {
    if (rows.length > 0 && piece.codeLanguage === undefined) rows.push([]);
    for (const row of pieces.rows(piece, width, look)) rows.push(row);
  }
  return [...rows, ...sourceLines(entry, width, look)];
}

function sourceLines({ sources }: TextEntry, width: number, look: TerminalStyle): readonly Line[] {
  const addresses = new Map(sources.map(({ url, title }) => [url, title]));
  if (addresses.size === 0) return [];
  return [
    [],
    [span("Sources", { color: "muted", bold: true })],
    ...[...addresses].flatMap(([url, title], index) =>
      withMarker(
        `${index + 1}.`,
        { color: "muted" },
        [
          ...(title === undefined ? [] : [span(`${cleanLine(title, look.unicode)} `)]),
          span(cleanLine(url, look.unicode), { color: "link" }),
        ],
        width,
      ),
    ),
  ];
}

function reasoningLines(entry: ReasoningEntry, { width, look, isExpanded }: Layout): readonly Line[] {
  const text = cleanText(entry.text, look.unicode).trim();
  const style: Style = { color: "muted", italic: true };
  const body = (): readonly Line[] =>
    spanLines([span(text.replaceAll("**", ""), style)], width - 2).map((row) => [span("  "), ...row]);
  if (isExpanded)
    return [[span(`${look.glyphs.unfolded} `, { color: "muted" }), span("Thought", style)], ...body()];
  if (entry.isLive) {
    const rows = body();
    return [
      [span(`${look.glyphs.unfolded} `, { color: "muted" }), span("Thinking", style)],
      ...rows.slice(-LIVE_THOUGHT_ROWS),
    ];
  }
  // A summary names its steps in bold; the first is the best title that there is.
  const title = /^\*\*(.+?)\*\*/.exec(text)?.[1] ?? text;
  const room = Math.max(8, width - 12);
  const first = cleanLine(title, look.unicode);
  const short = first.length > room ? `${first.slice(0, room - 1)}${look.glyphs.ellipsis}` : first;
  return withMarker(look.glyphs.folded, { color: "muted" }, [span(`Thought: ${short}`, style)], width);
}

function hostedToolLines(entry: HostedToolEntry, { width, look }: Layout): readonly Line[] {
  const names: { readonly [name: string]: string } = {
    "web-search": "Web search",
    "image-generation": "Picture",
    "code-interpreter": "Code",
    "file-search": "File search",
  };
  const hasFailed = entry.status === "failed" || entry.status === "incomplete";
  const spans: Span[] = [span(names[entry.name] ?? cleanLine(entry.name, look.unicode), { bold: true })];
  if (entry.detail !== undefined) spans.push(span(` ${cleanLine(entry.detail, look.unicode)}`));
  if (entry.isLive) spans.push(span(` ${look.glyphs.ellipsis}`, { color: "muted" }));
  if (hasFailed) spans.push(span(` (${entry.status})`, { color: "error" }));
  return withMarker(look.glyphs.tool, { color: hasFailed ? "error" : "accent" }, spans, width);
}

function noticeLines(entry: NoticeEntry, { width, look }: Layout): readonly Line[] {
  const style: Style = entry.level === "info" ? { color: "muted" } : { color: entry.level };
  const mark = entry.level === "info" ? look.glyphs.dot : entry.level === "error" ? look.glyphs.failed : "!";
  const spans: Span[] = [span(cleanText(entry.text, look.unicode).trimEnd(), style)];
  if (entry.remedy !== undefined)
    spans.push(span(`\n${look.glyphs.arrow} ${cleanText(entry.remedy, look.unicode)}`));
  return withMarker(mark, style, spans, width);
}

function retryLines(entry: RetryEntry, { width, look }: Layout): readonly Line[] {
  const seconds = entry.delayMs / 1000;
  const wait = seconds < 1 ? "now" : `in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const text = `${cleanText(entry.error.message, look.unicode)} Trying again ${wait} (${entry.attempt}).`;
  return withMarker(look.glyphs.retry, { color: "warning" }, [span(text, { color: "warning" })], width);
}

/** Text with a sign before its first row, the others below it. */
export function withMarker(
  mark: string,
  style: Style,
  spans: readonly Span[],
  width: number,
): readonly Line[] {
  const margin = mark.length + 1;
  return spanLines(spans, width - margin).map((row, index) => [
    index === 0 ? span(`${mark} `, style) : span(" ".repeat(margin)),
    ...row,
  ]);
}
