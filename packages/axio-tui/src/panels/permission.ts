import type { PermissionDetail } from "axio/plugin";
import type { PendingRequest } from "../app/permission-queue.ts";
import type { Editor } from "../prompt/editor.ts";
import { editorLines } from "../prompt/editor-lines.ts";
import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { cursorSpan, type Line, type Style, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { truncate } from "../theme/width.ts";
import { wrapCharacters, wrapWords } from "../theme/wrap.ts";

/** A permission request, and the state of its panel. */
export interface PermissionPanel {
  readonly pending: PendingRequest;
  /** The number of open requests, including this one. */
  readonly waiting: number;
  /** The selected answer. */
  readonly index: number;
  /** How many rows of the detail are scrolled out at the top. */
  readonly offset: number;
  /** The reason of a denial, while the user writes it. */
  readonly reason?: Editor | undefined;
}

/** The answers in display order, with their keys. */
export const ANSWERS = [
  { key: "y", type: "once" },
  { key: "a", type: "session" },
  { key: "n", type: "no" },
  { key: "v", type: "never" },
] as const;

/** Below this height the answers are shortened. */
const TIGHT_ROWS = 8;

/** Lays out a request, in at most `height` rows. `scrollable` is the largest offset of the detail. */
export function permissionLines(
  panel: PermissionPanel,
  width: number,
  height: number,
  terminal: TerminalStyle,
): { readonly rows: readonly Line[]; readonly scrollable: number } {
  const { request, from } = panel.pending;
  const { symbols, unicode } = terminal;
  const more = panel.waiting > 1 ? ` (1 of ${panel.waiting})` : "";
  const isTight = height < TIGHT_ROWS;
  const wrapped = wrapWords(
    [
      span(`${cleanLine(request.title, unicode)}?`, { bold: true, color: "warning" }),
      span(` requested by ${cleanLine(from, unicode)}${more}`, { color: "muted" }),
    ],
    width,
  );
  const title = isTight ? wrapped.slice(0, 1) : wrapped;
  const list = isTight ? shortAnswerLines(panel) : answerLines(panel, width, terminal);
  const answers = panel.reason === undefined ? list : reasonLines(panel.reason, width, terminal);
  const detail = request.detail === undefined ? [] : detailLines(request.detail, width - 2, terminal);
  const room = Math.max(1, height - title.length - answers.length - (isTight ? 1 : 2));
  const scrollable = Math.max(0, detail.length - room);
  const offset = Math.min(panel.offset, scrollable);
  const shown = detail.slice(offset, offset + room).map((row): Line => [span("  "), ...row]);
  const hidden: readonly Line[] =
    scrollable > 0
      ? [
          [
            span(
              truncate(
                `  ${symbols.ellipsis} rows ${offset + 1}-${offset + shown.length} of ${detail.length} (PgUp, PgDn)`,
                width,
                symbols.ellipsis,
              ),
              { color: "muted" },
            ),
          ],
        ]
      : [];
  return {
    rows: [...title, ...shown, ...hidden, ...(detail.length > 0 && !isTight ? [[]] : []), ...answers],
    scrollable,
  };
}

function shortAnswerLines({ index }: PermissionPanel): readonly Line[] {
  const texts = { once: "once", session: "session", no: "no", never: "never" };
  const answers = ANSWERS.map(({ key, type }, at) => [
    span(`${key} `, { color: "accent", bold: true }),
    at === index ? cursorSpan(texts[type], { bold: true, inverse: true }) : span(texts[type]),
    span("  "),
  ]);
  return [answers.slice(0, 2).flat(), answers.slice(2).flat()];
}

function answerLines(
  { pending, index }: PermissionPanel,
  width: number,
  { symbols, unicode }: TerminalStyle,
): readonly Line[] {
  const { scopeDescription } = pending.request;
  const texts = {
    once: "Yes, once",
    session: `Yes, and in this session also ${scopeDescription === undefined ? "the same request" : cleanLine(scopeDescription, unicode)}`,
    no: "No, and say what to do instead",
    never: "Never in this session",
  };
  return ANSWERS.map(({ key, type }, at): Line => {
    const isSelected = at === index;
    const text = truncate(texts[type], width - 4, symbols.ellipsis);
    return [
      span(isSelected ? `${symbols.prompt} ` : "  ", { color: "accent" }),
      span(`${key} `, { color: "accent", bold: true }),
      isSelected ? cursorSpan(text, { bold: true }) : span(text),
    ];
  });
}

function reasonLines(reason: Editor, width: number, terminal: TerminalStyle): readonly Line[] {
  return [
    [
      span(
        truncate(
          "What should it do instead? Enter sends it, with or without text; Esc goes back.",
          width,
          terminal.symbols.ellipsis,
        ),
        { color: "muted" },
      ),
    ],
    ...editorLines(reason, width, terminal),
  ];
}

function detailLines(detail: PermissionDetail, width: number, terminal: TerminalStyle): readonly Line[] {
  switch (detail.type) {
    case "text":
      return cleanText(detail.text, terminal.unicode)
        .split("\n")
        .flatMap((row) => wrapWords([span(row)], width));
    case "command":
      return cleanText(detail.command, terminal.unicode)
        .split("\n")
        .flatMap((row, index) =>
          wrapCharacters(
            [span(index === 0 ? "$ " : "  ", { color: "muted" }), span(row, { color: "code" })],
            width,
          ),
        );
    case "diff":
      return diffLines(detail.diff, width, terminal);
  }
}

/** Lays out a unified diff. */
export function diffLines(diff: string, width: number, terminal: TerminalStyle): readonly Line[] {
  return cleanText(diff, terminal.unicode)
    .trimEnd()
    .split("\n")
    .flatMap((row) => wrapCharacters([span(row === "" ? " " : row, diffStyle(row))], width));
}

function diffStyle(row: string): Style {
  if (row.startsWith("+++") || row.startsWith("---")) return { bold: true };
  if (row.startsWith("@@")) return { color: "accent" };
  if (row.startsWith("+")) return { color: "added" };
  if (row.startsWith("-")) return { color: "removed" };
  return {};
}
