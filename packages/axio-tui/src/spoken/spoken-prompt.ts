import type { View } from "../app/view.ts";
import type { ConversationState } from "../conversation/state.ts";
import { shownItems } from "../panels/picker.ts";
import { cleanText } from "../theme/clean-text.ts";
import { lineText } from "../theme/line.ts";

/** What stands below the conversation, in words: what is under way, what is asked or chosen, and what is being written. */
export function spokenPrompt(view: View, state: ConversationState): readonly string[] {
  return lines(view, state).map((text) => cleanText(text, true));
}

function lines(view: View, state: ConversationState): readonly string[] {
  const { permission, panel, hint, editor, completion } = view;
  if (permission !== undefined) {
    const { question, from } = permission.pending;
    const { detail } = question;
    const what =
      detail === undefined
        ? []
        : [detail.type === "command" ? detail.command : detail.type === "diff" ? detail.diff : detail.text];
    if (permission.reason !== undefined) return [`What should it do instead? ${permission.reason.text}`];
    return [
      `${from} asks: ${question.title}?`,
      ...what,
      `Press y for yes once, a for yes in this session${question.scopeDescription === undefined ? "" : ` (${question.scopeDescription})`}, n for no, v for never.`,
    ];
  }
  if (panel?.type === "picker") {
    const items = shownItems(panel);
    const item = items[panel.index];
    return [
      `${panel.title}. Up and Down choose, Enter takes, Escape leaves. Type to find. ${panel.filter}`,
      item === undefined
        ? panel.empty
        : `${panel.index + 1} of ${items.length}: ${item.label}${item.isCurrent ? ", in use" : ""}${item.detail === undefined ? "" : `, ${item.detail}`}`,
    ];
  }
  if (panel?.type === "page")
    return [`${panel.title}. Escape leaves.`, ...panel.rows(view.width, view.look).map(lineText)];
  const chosen = completion?.items[completion.index];
  return [
    ...(state.phase === "idle"
      ? []
      : [state.phase === "compacting" ? "Compacting. Escape stops." : "Working. Escape stops."]),
    ...(hint === undefined ? [] : [hint]),
    ...(chosen === undefined
      ? []
      : [`Tab completes: ${chosen.text}${chosen.detail === undefined ? "" : `, ${chosen.detail}`}`]),
    `Prompt: ${editor.text}`,
  ];
}
