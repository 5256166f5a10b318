import type { Color, Line, Span, Style } from "../theme/line.ts";

/** What is used of highlight.js. Its own types bring those of the browser, for all of a program. */
interface Highlighter {
  getLanguage(name: string): unknown;
  highlight(
    code: string,
    options: { readonly language: string; readonly ignoreIllegals: true },
  ): { readonly value: string };
}

/** A name that the compiler does not follow. */
const HIGHLIGHT_JS: string = "highlight.js/lib/common";

/** More than this is shown without colours, in characters: highlighting takes its time with every frame. */
const LARGEST = 20_000;

let highlighter: Highlighter | undefined;
let loading: Promise<void> | undefined;

/** Loads what highlights code, once. It takes longer than the rest of the start, so it waits for the first code. */
export function loadHighlighter(): Promise<void> {
  loading ??= import(HIGHLIGHT_JS).then((module: { readonly default: Highlighter }) => {
    highlighter = module.default;
  });
  return loading;
}

/** Whether code is highlighted from now on. */
export function isHighlighterLoaded(): boolean {
  return highlighter !== undefined;
}

/** Code as rows with colours; without them where the language is unknown or nothing is loaded yet. */
export function highlightCode(code: string, language: string): readonly Line[] {
  if (highlighter === undefined || code.length > LARGEST || !highlighter.getLanguage(language)) {
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

// The library gives HTML, of spans with one class and nothing else.
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
