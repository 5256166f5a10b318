import type { App } from "../app/app.ts";
import { permissionHeight } from "../app/frame.ts";
import { ANSWERS, type PermissionPanel, permissionLines } from "../panels/permission.ts";
import { editKey, keyName } from "../prompt/edit-key.ts";
import { type Editor, EMPTY_EDITOR, insert } from "../prompt/editor.ts";
import { insertPasted } from "../prompt/pasting.ts";
import type { Input } from "../terminal/keys.ts";

/** Handles input for a permission request. */
export function permissionInput(app: App, panel: PermissionPanel, input: Input): void {
  if (panel.reason !== undefined) reasonInupdate(app, panel, panel.reason, input);
  else if (input.type === "scroll") scrollDetail(app, panel, input.rows);
  else if (input.type === "text") {
    const index = ANSWERS.findIndex(({ key }) => key === input.text.toLowerCase());
    if (index >= 0) answer(app, { ...panel, index });
  } else if (input.type === "key") {
    const page = Math.max(1, Math.floor(app.state.height / 2));
    const move = (by: number): void =>
      app.change({ permission: { ...panel, index: (panel.index + by + ANSWERS.length) % ANSWERS.length } });
    const actions: { readonly [key: string]: () => void } = {
      up: () => move(-1),
      down: () => move(1),
      tab: () => move(1),
      pageup: () => scrollDetail(app, panel, -page),
      pagedown: () => scrollDetail(app, panel, page),
      home: () => scrollDetail(app, panel, Number.NEGATIVE_INFINITY),
      end: () => scrollDetail(app, panel, Number.POSITIVE_INFINITY),
      enter: () => answer(app, panel),
      escape: () => {
        app.options.permissions.answer(panel.pending.id, { type: "no" });
        app.stopRun();
      },
    };
    actions[keyName(input)]?.();
  }
}

function answer(app: App, panel: PermissionPanel): void {
  const selected = ANSWERS[panel.index];
  if (selected === undefined) return;
  if (selected.type === "no") app.change({ permission: { ...panel, reason: EMPTY_EDITOR } });
  else app.options.permissions.answer(panel.pending.id, { type: selected.type });
}

function reasonInupdate(app: App, panel: PermissionPanel, reason: Editor, input: Input): void {
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
      const text = reason.text.trim();
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

function scrollDetail(app: App, panel: PermissionPanel, by: number): void {
  const { width, height, terminal } = app.state;
  const { scrollable } = permissionLines(panel, width, permissionHeight(height), terminal);
  const offset = Math.min(scrollable, Math.max(0, panel.offset + by));
  app.change({ permission: { ...panel, offset } });
}
