import type { App } from "../app/app.ts";
import type { PermissionPanel } from "../panels/permission.ts";
import { nextScope, otherAction, type RuleDraft, rulesOf } from "../panels/rule-draft.ts";
import { editKey, keyName } from "../prompt/edit-key.ts";
import { type Editor, insert, moveLine } from "../prompt/editor.ts";
import type { Input } from "../terminal/keys.ts";

/** Handles input for the rules that the user adds from a question. */
export function ruleInput(app: App, panel: PermissionPanel, draft: RuleDraft, input: Input): void {
  const update = (rule: RuleDraft | undefined): void => app.change({ permission: { ...panel, rule } });
  const edit = (editor: Editor): void => update({ ...draft, editor, problem: undefined });
  if (input.type === "text") edit(insert(draft.editor, input.text));
  else if (input.type === "paste") edit(insert(draft.editor, input.text));
  else if (input.type === "key") {
    const actions: { readonly [key: string]: () => void } = {
      escape: () => update(undefined),
      tab: () => update(nextScope(draft)),
      "shift-tab": () => update(otherAction(draft)),
      enter: () => save(app, panel, draft),
      up: () => edit(moveLine(draft.editor, -1) ?? draft.editor),
      down: () => edit(moveLine(draft.editor, 1) ?? draft.editor),
    };
    const action = actions[keyName(input)];
    if (action !== undefined) action();
    else {
      const edited = editKey(draft.editor, input);
      if (edited !== undefined) edit(edited);
    }
  }
}

function save(app: App, panel: PermissionPanel, draft: RuleDraft): void {
  const rules = rulesOf(draft);
  const show = (problem: string): void =>
    app.change({ permission: { ...panel, rule: { ...draft, problem } } });
  if (typeof rules === "string") {
    show(rules);
    return;
  }
  const { permissions } = app.options;
  permissions.addRules(rules).then(
    () => {
      if (permissions.current?.id === panel.pending.id)
        show("The rules are saved, but they do not cover this request. Esc goes back to the answers.");
    },
    (error: unknown) => app.conversation.showError(error),
  );
}
