import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { type Editor, replaceRange } from "./editor.ts";

/** What may be meant by what is being written. */
export interface Completion {
  /** The part of the text that is replaced. */
  readonly start: number;
  readonly end: number;
  readonly items: readonly CompletionItem[];
  readonly index: number;
}

export interface CompletionItem {
  /** What is put in. */
  readonly text: string;
  readonly detail?: string;
}

/** The word that is completed: a command at the beginning, or a path after `@`. */
export interface CompletionQuery {
  readonly kind: "command" | "file";
  /** Without the sign. */
  readonly query: string;
  readonly start: number;
  readonly end: number;
}

/** What is to be completed at the cursor, if anything. */
export function completionQuery({ text, cursor }: Editor): CompletionQuery | undefined {
  const before = text.slice(0, cursor);
  const command = /^\/([\w-]*)$/.exec(before);
  if (command?.[1] !== undefined) return { kind: "command", query: command[1], start: 0, end: cursor };
  const file = /(?:^|\s)@([^\s@]*)$/.exec(before.slice(-1_000));
  if (file?.[1] === undefined) return undefined;
  return { kind: "file", query: file[1], start: cursor - file[1].length - 1, end: cursor };
}

/** The text with the chosen item in its place. */
export function applyCompletion(editor: Editor, { start, end, items, index }: Completion): Editor {
  const item = items[index];
  return item === undefined ? editor : replaceRange(editor, start, end, `${item.text} `);
}

/** The list with another item chosen; past the end it begins anew. */
export function moveCompletion(completion: Completion, by: number): Completion {
  const count = completion.items.length;
  return { ...completion, index: (completion.index + by + count) % count };
}

/** The list as rows, at most `height`. */
export function completionLines(
  { items, index }: Completion,
  width: number,
  height: number,
  look: TerminalStyle,
): readonly Line[] {
  const start = Math.max(0, Math.min(index - height + 1, items.length - height));
  const shown = items.slice(start, start + height);
  const column = Math.min(
    Math.max(...shown.map(({ text }) => textWidth(text))),
    Math.max(10, Math.floor(width / 2)),
  );
  return shown.map(({ text, detail }, at): Line => {
    const isChosen = start + at === index;
    const name = truncate(cleanLine(text, look.unicode), width - 2, look.glyphs.ellipsis);
    const padding = " ".repeat(Math.max(0, column - textWidth(name)) + 2);
    const room = width - 2 - textWidth(name) - padding.length;
    return [
      span(isChosen ? `${look.glyphs.prompt} ` : "  ", { color: "accent" }),
      span(name, isChosen ? { color: "accent", bold: true } : {}),
      ...(detail === undefined || room < 8
        ? []
        : [
            span(padding + truncate(cleanLine(detail, look.unicode), room, look.glyphs.ellipsis), {
              color: "muted",
            }),
          ]),
    ];
  });
}
