import { lexer, type Token, type Tokens } from "marked";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import type { Line, Span, Style } from "../theme/line.ts";
import { splitLines, wrapCharacters, wrapWords } from "../theme/wrap.ts";
import { highlightCode } from "./highlight.ts";
import { inlineSpans } from "./markdown-inline.ts";
import type { MarkdownPiece } from "./markdown-pieces.ts";
import { tableLines } from "./markdown-table.ts";

/** Lays out a piece of Markdown, with an empty row between blocks. */
export function markdownLines(piece: MarkdownPiece, width: number, terminal: TerminalStyle): readonly Line[] {
  if (piece.codeLanguage !== undefined)
    return codeLines(piece.text.replace(/\n$/, ""), piece.codeLanguage, width);
  return blockLines(lexer(piece.text), width, terminal);
}

/** Lays out code, indented. */
export function codeLines(code: string, language: string, width: number): readonly Line[] {
  return indent(
    highlightCode(code, language.toLowerCase()).flatMap((row) => wrapCharacters(row, width - 2)),
    "  ",
  );
}

function blockLines(
  tokens: readonly Token[],
  width: number,
  terminal: TerminalStyle,
  style: Style = {},
  isTight = false,
): readonly Line[] {
  const rows: Line[] = [];
  for (const token of tokens) {
    const block = tokenLines(token, width, terminal, style);
    if (block.length === 0) continue;
    if (rows.length > 0 && !isTight) rows.push([]);
    rows.push(...block);
  }
  return rows;
}

function tokenLines(token: Token, width: number, terminal: TerminalStyle, style: Style): readonly Line[] {
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return [];
    case "heading": {
      const { tokens, depth } = token as Tokens.Heading;
      const heading: Style = { color: "heading", bold: true, ...(depth === 1 ? { underline: true } : {}) };
      return spanLines(inlineSpans(tokens, heading), width);
    }
    case "code": {
      const { text, lang } = token as Tokens.Code;
      return codeLines(text, lang?.split(/[\s,{]/)[0] ?? "", width);
    }
    case "blockquote": {
      const inner = blockLines((token as Tokens.Blockquote).tokens, width - 2, terminal, { color: "muted" });
      return inner.map((row) => [{ text: `${terminal.symbols.bar} `, color: "muted" }, ...row]);
    }
    case "list":
      return listLines(token as Tokens.List, width, terminal, style);
    case "table":
      return tableLines(token as Tokens.Table, width, terminal);
    case "hr":
      return [[{ text: terminal.symbols.rule.repeat(Math.max(1, Math.min(width, 40))), color: "muted" }]];
    default: {
      const { tokens, text, raw } = token as Tokens.Text;
      const spans =
        tokens === undefined ? [{ ...style, text: (text ?? raw).trimEnd() }] : inlineSpans(tokens, style);
      return spanLines(spans, width);
    }
  }
}

function listLines(list: Tokens.List, width: number, terminal: TerminalStyle, style: Style): readonly Line[] {
  const first = typeof list.start === "number" ? list.start : 1;
  return list.items.flatMap((item, index) => {
    const box = item.task ? (item.checked ? "[x] " : "[ ] ") : "";
    const bullet = list.ordered ? `${first + index}. ` : `${terminal.symbols.bullet} `;
    const marker = bullet + box;
    const inner = blockLines(item.tokens, width - marker.length, terminal, style, !list.loose);
    const rows = inner.map(
      (row, at): Line => [{ text: at === 0 ? marker : " ".repeat(marker.length), color: "accent" }, ...row],
    );
    return list.loose && index > 0 ? [[], ...rows] : rows;
  });
}

/** Lays out text: split at line feeds, and wrapped at the width. */
export function spanLines(spans: readonly Span[], width: number): readonly Line[] {
  return splitLines(spans).flatMap((row) => wrapWords(row, width));
}

/** Prefixes rows that are not empty. */
export function indent(rows: readonly Line[], prefix: string): readonly Line[] {
  return rows.map((row) => (row.length === 0 ? row : [{ text: prefix }, ...row]));
}
