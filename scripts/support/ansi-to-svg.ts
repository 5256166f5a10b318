/** The sixteen colors of a terminal on a dark background. */
const PALETTE = [
  "#3b4252",
  "#e06c75",
  "#98c379",
  "#e5c07b",
  "#61afef",
  "#c678dd",
  "#56b6c2",
  "#d7dae0",
  "#7f8794",
  "#ff7a85",
  "#b5e890",
  "#ffd68a",
  "#82c4ff",
  "#dd9df0",
  "#7fd6e0",
  "#ffffff",
] as const;
const FOREGROUND = "#d7dae0";
const BACKGROUND = "#1e222a";
const CELL = { width: 8.4, height: 18, size: 14 } as const;
const MARGIN = 16;

interface TextStyle {
  color: string;
  background: string | undefined;
  bold: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  inverse: boolean;
}

const PLAIN: TextStyle = {
  color: FOREGROUND,
  background: undefined,
  bold: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

/** A picture of a terminal. */
export interface Picture {
  /** The screen, from `tmux capture-pane -e -p`. */
  readonly screen: string;
  readonly columns: number;
  readonly title: string;
  /** Default: the cursor is hidden. */
  readonly cursor?: { readonly row: number; readonly column: number } | undefined;
}

/** Draws a terminal screen as SVG. */
export function ansiToSvg({ screen, columns, title, cursor }: Picture): string {
  const rows = screen.replace(/\n+$/, "").split("\n");
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = rows.length * CELL.height + 2 * MARGIN;
  let style: TextStyle = { ...PLAIN };
  const shapes = rows.flatMap((row, at) => {
    const y = MARGIN + at * CELL.height;
    let column = 0;
    const parts: string[] = [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a style
    for (const [, codes, text] of row.matchAll(/\u001b\[([0-9;:]*)m|([^\u001b]+)/g)) {
      if (text === undefined) style = changeStyle(style, codes ?? "");
      else {
        parts.push(...draw(text, style, MARGIN + column * CELL.width, y));
        column += cells(text);
      }
    }
    return parts;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${CELL.size}">`,
    ...shapes,
    ...(cursor === undefined ? [] : [drawCursor(cursor)]),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function drawCursor({ row, column }: { readonly row: number; readonly column: number }): string {
  const [x, y] = [MARGIN + column * CELL.width, MARGIN + row * CELL.height];
  return `<rect x="${round(x)}" y="${y}" width="2" height="${CELL.height}" fill="${FOREGROUND}"/>`;
}

function draw(text: string, style: TextStyle, x: number, y: number): readonly string[] {
  const width = cells(text) * CELL.width;
  const color = style.inverse ? BACKGROUND : style.color;
  const ground = style.inverse ? style.color : style.background;
  const parts: string[] = [];
  if (ground !== undefined)
    parts.push(
      `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${CELL.height}" fill="${ground}"/>`,
    );
  const attributes = [
    `fill="${color}"`,
    ...(style.bold ? ['font-weight="bold"'] : []),
    ...(style.italic ? ['font-style="italic"'] : []),
    ...(style.underline
      ? ['text-decoration="underline"']
      : style.strike
        ? ['text-decoration="line-through"']
        : []),
  ].join(" ");
  // Viewers collapse spaces, so each word is positioned.
  for (const piece of text.matchAll(/\S+(?: \S+)*/g)) {
    const at = x + cells(text.slice(0, piece.index)) * CELL.width;
    const length = cells(piece[0]) * CELL.width;
    parts.push(
      `<text x="${round(at)}" y="${y + 13}" textLength="${round(length)}" lengthAdjust="spacingAndGlyphs" ${attributes}>${escapeXml(piece[0])}</text>`,
    );
  }
  return parts;
}

function changeStyle(style: TextStyle, codes: string): TextStyle {
  const changed = { ...style };
  const numbers = codes === "" ? [0] : codes.split(";").map(Number);
  for (const code of numbers) {
    if (code === 0) Object.assign(changed, PLAIN);
    else if (code === 1) changed.bold = true;
    else if (code === 3) changed.italic = true;
    else if (code === 4) changed.underline = true;
    else if (code === 7) changed.inverse = true;
    else if (code === 9) changed.strike = true;
    else if (code === 22) changed.bold = false;
    else if (code === 23) changed.italic = false;
    else if (code === 24) changed.underline = false;
    else if (code === 27) changed.inverse = false;
    else if (code === 29) changed.strike = false;
    else if (code === 39) changed.color = FOREGROUND;
    else if (code === 49) changed.background = undefined;
    else if (code >= 30 && code <= 37) changed.color = PALETTE[code - 30] ?? FOREGROUND;
    else if (code >= 90 && code <= 97) changed.color = PALETTE[code - 82] ?? FOREGROUND;
    else if (code >= 40 && code <= 47) changed.background = PALETTE[code - 40];
    else if (code >= 100 && code <= 107) changed.background = PALETTE[code - 92];
  }
  return changed;
}

// The drawn screens contain no wide characters.
function cells(text: string): number {
  return [...text].length;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
