import type { App } from "../app/app.ts";
import { questionLayout } from "../app/frame.ts";
import { answersTo, type PermissionPanel } from "../panels/permission.ts";
import { makeRuleDraft } from "../panels/rule-draft.ts";
import { editKey, keyName } from "../prompt/edit-key.ts";
import { type Editor, EMPTY_EDITOR, insert, wholeText } from "../prompt/editor.ts";
import { insertPasted } from "../prompt/pasting.ts";
import type { Input } from "../terminal/keys.ts";
import { ruleInput } from "./rule-input.ts";

/** Whether an input is the key of an answer. */
export function isAnswerKey(panel: PermissionPanel, input: Input): boolean {
  return input.type === "text" && answerIndex(panel, input.text) >= 0;
}

/** Handles input for a permission request that has the focus, or that takes this input without it. */
export function permissionInput(app: App, panel: PermissionPanel, input: Input): void {
  if (panel.rule !== undefined) ruleInput(app, panel, panel.rule, input);
  else if (panel.reason !== undefined) reasonInput(app, panel, panel.reason, input);
  else if (input.type === "scroll") scrollRequest(app, panel, input.rows);
  else if (input.type === "text") {
    const index = answerIndex(panel, input.text);
    if (index >= 0) answer(app, { ...panel, index });
  } else if (input.type === "key") {
    // One row is shown twice, so that no row is missed.
    const page = Math.max(1, questionLayout(app.state, panel).room - 1);
    const actions: { readonly [key: string]: () => void } = {
      up: () => move(app, panel, -1),
      down: () => move(app, panel, 1),
      tab: () => move(app, panel, 1),
      pageup: () => scrollRequest(app, panel, -page),
      pagedown: () => scrollRequest(app, panel, page),
      home: () => scrollRequest(app, panel, Number.NEGATIVE_INFINITY),
      end: () => scrollRequest(app, panel, Number.POSITIVE_INFINITY),
      enter: () => answer(app, panel),
      escape: () => {
        app.options.permissions.answer(panel.pending.id, { type: "no" });
        app.stopRun();
      },
    };
    actions[keyName(input)]?.();
  }
}

/** Whether a request is longer than its part of the screen. */
export function isScrollable(app: App, panel: PermissionPanel): boolean {
  return questionLayout(app.state, panel).scrollable > 0;
}

function answerIndex(panel: PermissionPanel, text: string): number {
  return answersTo(panel).findIndex(({ key }) => key === text.toLowerCase());
}

function move(app: App, panel: PermissionPanel, by: -1 | 1): void {
  const count = answersTo(panel).length;
  const index = panel.index === undefined ? (by === 1 ? 0 : count - 1) : (panel.index + by + count) % count;
  app.change({ permission: { ...panel, isFocused: true, index } });
}

function answer(app: App, panel: PermissionPanel): void {
  const selected = panel.index === undefined ? undefined : answersTo(panel)[panel.index];
  if (selected === undefined) return;
  if (selected.type === "no") app.change({ permission: { ...panel, isFocused: true, reason: EMPTY_EDITOR } });
  else if (selected.type === "rule")
    app.change({ permission: { ...panel, isFocused: true, rule: makeRuleDraft(panel.proposed) } });
  else app.options.permissions.answer(panel.pending.id, { type: selected.type });
}

function reasonInput(app: App, panel: PermissionPanel, reason: Editor, input: Input): void {
  const update = (editor: Editor): void => app.change({ permission: { ...panel, reason: editor } });
  if (input.type === "text") update(insert(reason, input.text));
  else if (input.type === "paste") {
    const { editor, problem } = insertPasted(reason, input);
    if (editor === undefined) app.hint(problem);
    else update(editor);
  } else if (input.type === "key") {
    const name = keyName(input);
    if (name === "escape") app.change({ permission: { ...panel, reason: undefined } });
    else if (name === "enter") {
      const text = wholeText(reason).trim();
      app.options.permissions.answer(panel.pending.id, {
        type: "no",
        reason: text === "" ? undefined : text,
      });
    } else {
      const edited = editKey(reason, input);
      if (edited !== undefined) update(edited);
    }
  }
}

function scrollRequest(app: App, panel: PermissionPanel, by: number): void {
  const { scrollable } = questionLayout(app.state, panel);
  const offset = Math.min(scrollable, Math.max(0, panel.offset + by));
  app.change({ permission: { ...panel, offset } });
}
