import { lexer, type Token, type Tokens } from "marked";
import type { Line, Span, Style } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { wrapCharacters, wrapWords } from "../theme/wrap.ts";
import { highlightCode } from "./highlight.ts";
import { inlineSpans } from "./markdown-inline.ts";
import type { MarkdownPiece } from "./markdown-pieces.ts";
import { tableLines } from "./markdown-table.ts";

/** A piece of Markdown as rows. Blocks are parted by an empty row; there is none at the end. */
export function markdownLines(piece: MarkdownPiece, width: number, look: TerminalStyle): readonly Line[] {
  if (piece.codeLanguage !== undefined)
    return codeLines(piece.text.replace(/\n$/, ""), piece.codeLanguage, width);
  return blockLines(lexer(piece.text), width, look);
}

/** Code as rows, indented. */
export function codeLines(code: string, language: string, width: number): readonly Line[] {
  return indent(
    highlightCode(code, language.toLowerCase()).flatMap((row) => wrapCharacters(row, width - 2)),
    "  ",
  );
}

function blockLines(
  tokens: readonly Token[],
  width: number,
  look: TerminalStyle,
  style: Style = {},
  isTight = false,
): readonly Line[] {
  const rows: Line[] = [];
  for (const token of tokens) {
    const block = tokenLines(token, width, look, style);
    if (block.length === 0) continue;
    if (rows.length > 0 && !isTight) rows.push([]);
    rows.push(...block);
  }
  return rows;
}

function tokenLines(token: Token, width: number, look: TerminalStyle, style: Style): readonly Line[] {
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
      const inner = blockLines((token as Tokens.Blockquote).tokens, width - 2, look, { color: "muted" });
      return inner.map((row) => [{ text: `${look.glyphs.bar} `, color: "muted" }, ...row]);
    }
    case "list":
      return listLines(token as Tokens.List, width, look, style);
    case "table":
      return tableLines(token as Tokens.Table, width, look);
    case "hr":
      return [[{ text: look.glyphs.rule.repeat(Math.max(1, Math.min(width, 40))), color: "muted" }]];
    default: {
      const { tokens, text, raw } = token as Tokens.Text;
      const spans =
        tokens === undefined ? [{ ...style, text: (text ?? raw).trimEnd() }] : inlineSpans(tokens, style);
      return spanLines(spans, width);
    }
  }
}

function listLines(list: Tokens.List, width: number, look: TerminalStyle, style: Style): readonly Line[] {
  const first = typeof list.start === "number" ? list.start : 1;
  return list.items.flatMap((item, index) => {
    const box = item.task ? (item.checked ? "[x] " : "[ ] ") : "";
    const sign = list.ordered ? `${first + index}. ` : `${look.glyphs.bullet} `;
    const mark = sign + box;
    const inner = blockLines(item.tokens, width - mark.length, look, style, !list.loose);
    const rows = inner.map(
      (row, at): Line => [{ text: at === 0 ? mark : " ".repeat(mark.length), color: "accent" }, ...row],
    );
    return list.loose && index > 0 ? [[], ...rows] : rows;
  });
}

/** Pieces of text as rows: broken where they hold a line feed, and where the width ends. */
export function spanLines(spans: readonly Span[], width: number): readonly Line[] {
  const rows: Span[][] = [[]];
  for (const part of spans) {
    for (const [index, text] of part.text.split("\n").entries()) {
      if (index > 0) rows.push([]);
      if (text !== "") rows.at(-1)?.push({ ...part, text });
    }
  }
  return rows.flatMap((row) => wrapWords(row, width));
}

/** Rows with the same beginning each. Empty ones stay empty. */
export function indent(rows: readonly Line[], by: string): readonly Line[] {
  return rows.map((row) => (row.length === 0 ? row : [{ text: by }, ...row]));
}
