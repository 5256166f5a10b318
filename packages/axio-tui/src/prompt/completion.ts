import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { type Editor, replaceRange } from "./editor.ts";

/** Suggestions for the word at the cursor. */
export interface Completion {
  /** The range of the text to replace. */
  readonly start: number;
  readonly end: number;
  readonly items: readonly CompletionItem[];
  readonly index: number;
}

export interface CompletionItem {
  /** The replacement. */
  readonly text: string;
  readonly detail?: string | undefined;
}

/** The word to complete: a command at the start of the text, or a path after `@`. */
export interface CompletionQuery {
  readonly kind: "command" | "file";
  /** Without `/` or `@`. */
  readonly query: string;
  readonly start: number;
  readonly end: number;
}

/** Returns the word to complete at the cursor. */
export function completionQuery({ text, cursor }: Editor): CompletionQuery | undefined {
  const before = text.slice(0, cursor);
  const command = /^\/([\w-]*)$/.exec(before);
  if (command?.[1] !== undefined) return { kind: "command", query: command[1], start: 0, end: cursor };
  const file = /(?:^|\s)@([^\s@]*)$/.exec(before.slice(-1_000));
  if (file?.[1] === undefined) return undefined;
  return { kind: "file", query: file[1], start: cursor - file[1].length - 1, end: cursor };
}

/** Replaces the word with the selected suggestion. */
export function applyCompletion(editor: Editor, { start, end, items, index }: Completion): Editor {
  const item = items[index];
  return item === undefined ? editor : replaceRange(editor, start, end, `${item.text} `);
}

/** Moves the selection, wrapping around at the ends. */
export function moveCompletion(completion: Completion, by: number): Completion {
  const count = completion.items.length;
  return { ...completion, index: (completion.index + by + count) % count };
}

/** Lays out the suggestions, in at most `height` rows. */
export function completionLines(
  { items, index }: Completion,
  width: number,
  height: number,
  terminal: TerminalStyle,
): readonly Line[] {
  const start = Math.max(0, Math.min(index - height + 1, items.length - height));
  const shown = items.slice(start, start + height);
  const column = Math.min(
    Math.max(...shown.map(({ text }) => textWidth(text))),
    Math.max(10, Math.floor(width / 2)),
  );
  return shown.map(({ text, detail }, at): Line => {
    const isSelected = start + at === index;
    const name = truncate(cleanLine(text, terminal.unicode), width - 2, terminal.symbols.ellipsis);
    const padding = " ".repeat(Math.max(0, column - textWidth(name)) + 2);
    const room = width - 2 - textWidth(name) - padding.length;
    return [
      span(isSelected ? `${terminal.symbols.prompt} ` : "  ", { color: "accent" }),
      span(name, isSelected ? { color: "accent", bold: true } : {}),
      ...(detail === undefined || room < 8
        ? []
        : [
            span(padding + truncate(cleanLine(detail, terminal.unicode), room, terminal.symbols.ellipsis), {
              color: "muted",
            }),
          ]),
    ];
  });
}
