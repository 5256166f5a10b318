import type { App } from "../app/app.ts";
import { permissionHeight } from "../app/frame.ts";
import { ANSWERS, type PermissionPanel, permissionLines } from "../panels/permission.ts";
import { editKey, keyName } from "../prompt/edit-key.ts";
import { type Editor, EMPTY_EDITOR, insert } from "../prompt/editor.ts";
import { takePaste } from "../prompt/take-paste.ts";
import type { Input } from "../terminal/keys.ts";

/** Does what input asks for while a question waits for an answer. */
export function permissionInput(app: App, panel: PermissionPanel, input: Input): void {
  if (panel.reason !== undefined) reasonInput(app, panel, panel.reason, input);
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
        app.options.questions.answer(panel.pending.id, { type: "no" });
        app.stopRun();
      },
    };
    actions[keyName(input)]?.();
  }
}

function answer(app: App, panel: PermissionPanel): void {
  const chosen = ANSWERS[panel.index];
  if (chosen === undefined) return;
  if (chosen.type === "no") app.change({ permission: { ...panel, reason: EMPTY_EDITOR } });
  else app.options.questions.answer(panel.pending.id, { type: chosen.type });
}

function reasonInput(app: App, panel: PermissionPanel, reason: Editor, input: Input): void {
  const put = (editor: Editor): void => app.change({ permission: { ...panel, reason: editor } });
  if (input.type === "text") put(insert(reason, input.text));
  else if (input.type === "paste") {
    const taken = takePaste(reason, input);
    if (taken.editor === undefined) app.hint(taken.refusal);
    else put(taken.editor);
  } else if (input.type === "key") {
    const name = keyName(input);
    if (name === "escape") {
      const { reason: _reason, ...back } = panel;
      app.change({ permission: back });
    } else if (name === "enter") {
      const text = reason.text.trim();
      app.options.questions.answer(panel.pending.id, {
        type: "no",
        ...(text === "" ? {} : { reason: text }),
      });
    } else {
      const edited = editKey(reason, input);
      if (edited !== undefined) put(edited);
    }
  }
}

function scrollDetail(app: App, panel: PermissionPanel, by: number): void {
  const { width, height, look } = app.state;
  const { scrollable } = permissionLines(panel, width, permissionHeight(height), look);
  const offset = Math.min(scrollable, Math.max(0, panel.offset + by));
  app.change({ permission: { ...panel, offset } });
}
