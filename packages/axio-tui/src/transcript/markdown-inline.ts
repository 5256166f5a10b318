import type { Token, Tokens } from "marked";
import type { Span, Style } from "../theme/line.ts";

const ENTITIES: { readonly [entity: string]: string } = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

/** Converts inline Markdown to spans. A line feed in them starts a new row. */
export function inlineSpans(tokens: readonly Token[], style: Style = {}): readonly Span[] {
  return tokens.flatMap((token): readonly Span[] => {
    switch (token.type) {
      case "strong":
        return inlineSpans(token.tokens ?? [], { ...style, bold: true });
      case "em":
        return inlineSpans(token.tokens ?? [], { ...style, italic: true });
      case "del":
        return inlineSpans(token.tokens ?? [], { ...style, strikethrough: true });
      case "codespan":
        return [{ ...style, color: "code", text: (token as Tokens.Codespan).text }];
      case "br":
        return [{ ...style, text: "\n" }];
      case "link":
        return linkSpans(token as Tokens.Link, style);
      case "image": {
        const { text, href } = token as Tokens.Image;
        return [{ ...style, color: "link", text: `[picture: ${text === "" ? href : text}]` }];
      }
      case "checkbox":
        return [];
      default: {
        const { tokens: inner, text, raw } = token as Tokens.Text;
        if (inner !== undefined && inner.length > 0) return inlineSpans(inner, style);
        return [{ ...style, text: decodeEntities(text ?? raw) }];
      }
    }
  });
}

function linkSpans({ tokens, href, text }: Tokens.Link, style: Style): readonly Span[] {
  // Terminals open the address, so it is shown unless it is the label. Only what shows the address leads there.
  const isShown = text === href || `mailto:${text}` === href;
  if (isShown) return inlineSpans(tokens, { ...style, color: "link", url: href });
  return [
    ...inlineSpans(tokens, { ...style, color: "link" }),
    { ...style, color: "muted", text: " (" },
    { ...style, color: "muted", text: href, url: href },
    { ...style, color: "muted", text: ")" },
  ];
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);
}
