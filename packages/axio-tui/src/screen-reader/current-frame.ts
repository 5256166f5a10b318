import { screenFrame } from "../app/screen-frame.ts";
import type { View } from "../app/view.ts";
import type { ConversationState } from "../conversation/state.ts";
import type { PermissionPanel } from "../panels/permission.ts";
import { matchingItems, type Picker } from "../panels/picker.ts";
import type { Editor } from "../prompt/editor.ts";
import { editorSpans } from "../prompt/editor-lines.ts";
import type { Frame } from "../terminal/frame-writer.ts";
import { cleanText } from "../theme/clean-text.ts";
import { cursorSpan, findCursor, type Line, lineText, span } from "../theme/line.ts";
import { splitLines, wrapCharacters, wrapWords } from "../theme/wrap.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a sequence
const STYLES = /\u001b\[[\d;:]*m/g;

/** Describes in words what stands below the conversation: the activity, what to answer or select, and the prompt. */
export function currentFrame(view: View, state: ConversationState): Frame {
  if (view.panel?.type === "screen") {
    const { rows, cursor } = screenFrame(view.panel.screen, view);
    return { rows: rows.map((row) => row.replaceAll(STYLES, "")), cursor };
  }
  const rows = currentLines(view, state).flatMap((row) =>
    findCursor([row]) === undefined ? wrapWords(row, view.width) : wrapCharacters(row, view.width),
  );
  return { rows: rows.map((row) => lineText(row).trimEnd()), cursor: findCursor(rows) };
}

function currentLines(view: View, state: ConversationState): readonly Line[] {
  const { permission, panel, hint, editor, completion, welcome } = view;
  if (permission !== undefined) return permissionLines(permission);
  if (panel?.type === "picker") return pickerLines(panel);
  if (panel?.type === "page")
    return [...textLines(`${panel.title}. Escape closes.`), ...panel.rows(view.width, view.terminal)];
  const suggestion = completion?.items[completion.index];
  const isEmpty = state.transcript.committed.length === 0;
  return [
    ...(isEmpty ? welcome.filter(({ text }) => text !== "").flatMap(({ text }) => textLines(text)) : []),
    ...(state.phase === "idle"
      ? []
      : textLines(state.phase === "compacting" ? "Compacting. Escape stops." : "Working. Escape stops.")),
    ...(hint === undefined ? [] : textLines(hint)),
    ...(suggestion === undefined
      ? []
      : textLines(`Tab completes: ${withDetail(suggestion.text, suggestion.detail)}`)),
    ...editorLines("Prompt: ", editor),
  ];
}

function permissionLines({ pending, reason }: PermissionPanel): readonly Line[] {
  const { from, request } = pending;
  const { title, detail, scopeDescription } = request;
  if (reason !== undefined) return editorLines("What should it do instead? ", reason);
  const scope = scopeDescription === undefined ? "" : ` (${scopeDescription})`;
  return [
    ...textLines(`${from} asks: ${title}?`),
    ...(detail === undefined
      ? []
      : textLines(
          detail.type === "command" ? detail.command : detail.type === "diff" ? detail.diff : detail.text,
        )),
    ...textLines(`Press y for yes once, a for yes in this session${scope}, n for no, v for never.`),
  ];
}

function pickerLines(picker: Picker): readonly Line[] {
  const items = matchingItems(picker);
  const item = items[picker.index];
  return [
    ...textLines(`${picker.title}. Up and Down move, Enter selects, Escape closes.`),
    ...textLines(
      item === undefined
        ? picker.empty
        : `${picker.index + 1} of ${items.length}: ${withDetail(`${item.label}${item.isCurrent ? ", in use" : ""}`, item.detail)}`,
    ),
    [span(`Type to find: ${picker.filter}`), cursorSpan(" ")],
  ];
}

function editorLines(label: string, editor: Editor): readonly Line[] {
  return splitLines([span(label), ...editorSpans(editor)]);
}

function textLines(text: string): readonly Line[] {
  return splitLines([span(cleanText(text, true))]);
}

function withDetail(label: string, detail: string | undefined): string {
  return detail === undefined ? label : `${label}, ${detail}`;
}
