import type { PermissionDetail } from "axio/plugin";
import type { PendingQuestion } from "../app/permission-queue.ts";
import type { Editor } from "../prompt/editor.ts";
import { editorLines } from "../prompt/editor-lines.ts";
import { cleanLine, cleanText } from "../theme/clean-text.ts";
import { type Line, type Style, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { truncate } from "../theme/width.ts";
import { wrapCharacters, wrapWords } from "../theme/wrap.ts";

/** A question, and how far the person is with it. */
export interface PermissionPanel {
  readonly pending: PendingQuestion;
  /** How many wait, this one included. */
  readonly waiting: number;
  /** The answer that is chosen. */
  readonly index: number;
  /** How many rows of the detail are above what is seen. */
  readonly offset: number;
  /** What the model is to do in its place, while it is being written. */
  readonly reason?: Editor;
}

/** The answers, in the order of the list, with their keys. */
export const ANSWERS = [
  { key: "y", type: "once" },
  { key: "a", type: "session" },
  { key: "n", type: "no" },
  { key: "v", type: "never" },
] as const;

/** Below so many rows the answers are put in few words. */
const TIGHT_ROWS = 8;

/** The question as rows, at most `height`; `scrollable` is how far the detail can be scrolled. */
export function permissionLines(
  panel: PermissionPanel,
  width: number,
  height: number,
  look: TerminalStyle,
): { readonly rows: readonly Line[]; readonly scrollable: number } {
  const { question, from } = panel.pending;
  const { glyphs, unicode } = look;
  const more = panel.waiting > 1 ? ` (1 of ${panel.waiting})` : "";
  // On a small screen, what is asked is more than how the answers are put.
  const isTight = height < TIGHT_ROWS;
  const wrapped = wrapWords(
    [
      span(`${cleanLine(question.title, unicode)}?`, { bold: true, color: "warning" }),
      span(` asked by ${cleanLine(from, unicode)}${more}`, { color: "muted" }),
    ],
    width,
  );
  const title = isTight ? wrapped.slice(0, 1) : wrapped;
  const listed = isTight ? shortAnswerLines(panel) : answerLines(panel, width, look);
  const answers = panel.reason === undefined ? listed : reasonLines(panel.reason, width, look);
  const detail = question.detail === undefined ? [] : detailLines(question.detail, width - 2, look);
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
                `  ${glyphs.ellipsis} rows ${offset + 1}-${offset + shown.length} of ${detail.length} (PgUp, PgDn)`,
                width,
                glyphs.ellipsis,
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
    span(texts[type], at === index ? { bold: true, inverse: true } : {}),
    span("  "),
  ]);
  return [answers.slice(0, 2).flat(), answers.slice(2).flat()];
}

function answerLines(
  { pending, index }: PermissionPanel,
  width: number,
  { glyphs, unicode }: TerminalStyle,
): readonly Line[] {
  const { scopeDescription: covers } = pending.question;
  const texts = {
    once: "Yes, once",
    session: `Yes, and for this session also ${covers === undefined ? "all like it" : cleanLine(covers, unicode)}`,
    no: "No, and say what to do instead",
    never: "Never in this session",
  };
  return ANSWERS.map(({ key, type }, at): Line => {
    const isChosen = at === index;
    return [
      span(isChosen ? `${glyphs.prompt} ` : "  ", { color: "accent" }),
      span(`${key} `, { color: "accent", bold: true }),
      span(truncate(texts[type], width - 4, glyphs.ellipsis), isChosen ? { bold: true } : {}),
    ];
  });
}

function reasonLines(reason: Editor, width: number, look: TerminalStyle): readonly Line[] {
  return [
    [
      span(
        truncate(
          "What should it do instead? Enter sends it, also empty; Esc goes back.",
          width,
          look.glyphs.ellipsis,
        ),
        { color: "muted" },
      ),
    ],
    ...editorLines(reason, width, look).rows,
  ];
}

function detailLines(detail: PermissionDetail, width: number, look: TerminalStyle): readonly Line[] {
  switch (detail.type) {
    case "text":
      return cleanText(detail.text, look.unicode)
        .split("\n")
        .flatMap((row) => wrapWords([span(row)], width));
    case "command":
      return cleanText(detail.command, look.unicode)
        .split("\n")
        .flatMap((row, index) =>
          wrapCharacters(
            [span(index === 0 ? "$ " : "  ", { color: "muted" }), span(row, { color: "code" })],
            width,
          ),
        );
    case "diff":
      return diffLines(detail.diff, width, look);
  }
}

/** A unified diff as coloured rows. */
export function diffLines(diff: string, width: number, look: TerminalStyle): readonly Line[] {
  return cleanText(diff, look.unicode)
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
