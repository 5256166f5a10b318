import { screenFrame } from "../app/screen-frame.ts";
import type { ConversationState } from "../conversation/state.ts";
import { answersTo, hintText, type PermissionPanel } from "../panels/permission.ts";
import { detailLines } from "../panels/permission-detail.ts";
import { matchingItems, type Picker } from "../panels/picker.ts";
import { RULE_HINT } from "../panels/rule-draft.ts";
import type { View } from "../panels/view.ts";
import { modeTitle } from "../permissions/mode.ts";
import type { Editor } from "../prompt/editor.ts";
import { editorSpans } from "../prompt/editor-lines.ts";
import type { Frame } from "../terminal/frame-writer.ts";
import { cleanText } from "../theme/clean-text.ts";
import { escapedText } from "../theme/escape-visible.ts";
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
  const waiting = permission === undefined ? [] : textLines("A tool requests permission. Escape shows it.");
  if (panel?.type === "picker") return [...pickerLines(panel), ...waiting];
  if (panel?.type === "page")
    return [
      ...textLines(`${panel.title}. Escape closes.`),
      ...waiting,
      ...panel.rows(view.width, view.terminal),
    ];
  if (permission !== undefined) return permissionLines(permission, editor);
  const suggestion = completion?.items[completion.index];
  const isEmpty = state.transcript.committed.length === 0;
  return [
    ...(isEmpty ? welcome.filter(({ text }) => text !== "").flatMap(({ text }) => textLines(text)) : []),
    ...(state.phase === "idle"
      ? []
      : textLines(state.phase === "compacting" ? "Compacting. Escape stops." : "Working. Escape stops.")),
    ...(hint === undefined ? [] : textLines(hint)),
    ...(view.mode === "ask" ? [] : textLines(`Mode: ${modeTitle(view.mode)}.`)),
    ...(suggestion === undefined
      ? []
      : textLines(`Tab completes: ${withDetail(suggestion.text, suggestion.detail)}`)),
    ...editorLines("Prompt: ", editor),
  ];
}

function permissionLines(panel: PermissionPanel, prompt: Editor): readonly Line[] {
  const { from, request } = panel.pending;
  const { scopeDescription } = request;
  if (panel.reason !== undefined) return editorLines("What should it do instead? ", panel.reason);
  if (panel.rule !== undefined)
    return [
      ...textLines(`To ${panel.rule.action}, scope ${panel.rule.scope}. ${RULE_HINT}`),
      ...(panel.rule.problem === undefined ? [] : textLines(panel.rule.problem)),
      ...editorLines("Rule: ", panel.rule.editor),
    ];
  const scope = scopeDescription === undefined ? "" : ` (${escapedText(scopeDescription)})`;
  const hasDraft = prompt.text !== "";
  return [
    ...textLines(`${escapedText(from)} asks: ${escapedText(request.title)}?`),
    ...detailLines(request, Number.MAX_SAFE_INTEGER),
    ...textLines(
      `y for yes once, a for yes in this session${scope}, n for no, v for never${request.subject === undefined ? "" : ", r for a rule"}.`,
    ),
    ...answerLine(panel),
    ...textLines(hintText({ ...panel, isReady: true }, hasDraft)),
    ...(panel.index === undefined ? editorLines("Prompt: ", prompt) : []),
  ];
}

/** Names the selected answer. */
function answerLine(panel: PermissionPanel): readonly Line[] {
  const selected = panel.index === undefined ? undefined : answersTo(panel)[panel.index];
  return selected === undefined ? [] : [[span("Selected: "), cursorSpan(selected.type)]];
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
