import type { Color, Line, Span, Style } from "../theme/line.ts";

/** The part of highlight.js that is used. Its own types add those of the browser to the whole program. */
interface Highlighter {
  getLanguage(name: string): unknown;
  highlight(
    code: string,
    options: { readonly language: string; readonly ignoreIllegals: true },
  ): { readonly value: string };
}

/** Typed as a string, so that the compiler does not resolve it. */
const HIGHLIGHT_JS: string = "highlight.js/lib/common";

/** Longer code is shown without colors, in characters: a growing text is highlighted with each frame. */
const LONGEST_CODE = 20_000;

let highlighter: Highlighter | undefined;
let loading: Promise<void> | undefined;

/** Loads the highlighter, once. It takes longer than the rest of the start, so the app waits for the first code. */
export function loadHighlighter(): Promise<void> {
  loading ??= import(HIGHLIGHT_JS).then((module: { readonly default: Highlighter }) => {
    highlighter = module.default;
  });
  return loading;
}

/** Whether the highlighter is loaded. */
export function isHighlighterLoaded(): boolean {
  return highlighter !== undefined;
}

/** Highlights code. Returns it without colors if the language is unknown, or the highlighter is not loaded. */
export function highlightCode(code: string, language: string): readonly Line[] {
  if (highlighter === undefined || code.length > LONGEST_CODE || !highlighter.getLanguage(language)) {
    return code.split("\n").map((text) => (text === "" ? [] : [{ text }]));
  }
  return parseMarkup(highlighter.highlight(code, { language, ignoreIllegals: true }).value);
}

const COLORS: { readonly [scope: string]: Color } = {
  keyword: "keyword",
  literal: "keyword",
  "selector-tag": "keyword",
  "template-tag": "keyword",
  operator: "keyword",
  string: "string",
  regexp: "string",
  addition: "added",
  deletion: "removed",
  number: "number",
  symbol: "number",
  title: "name",
  section: "heading",
  name: "name",
  attr: "name",
  attribute: "name",
  property: "name",
  type: "type",
  built_in: "type",
  class: "type",
  params: "type",
  comment: "muted",
  quote: "muted",
  meta: "muted",
};

const ENTITIES: { readonly [entity: string]: string } = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
};

// The library returns HTML that consists of spans with a class.
function parseMarkup(markup: string): readonly Line[] {
  const rows: Span[][] = [[]];
  const styles: Style[] = [];
  for (const [, scope, end, text] of markup.matchAll(
    /<span class="hljs-([\w-]+)[^"]*">|(<\/span>)|([^<]+)/g,
  )) {
    if (scope !== undefined) {
      const color = COLORS[scope];
      styles.push(color === undefined ? (styles.at(-1) ?? {}) : { color });
    } else if (end !== undefined) {
      styles.pop();
    } else if (text !== undefined) {
      const style = styles.at(-1) ?? {};
      const plain = text.replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
      for (const [index, piece] of plain.split("\n").entries()) {
        if (index > 0) rows.push([]);
        if (piece !== "") rows.at(-1)?.push({ ...style, text: piece });
      }
    }
  }
  return rows;
}
