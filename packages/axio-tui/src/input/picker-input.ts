import type { App } from "../app/app.ts";
import { matchingItems, movePicker, type Picker } from "../panels/picker.ts";
import { keyName } from "../prompt/edit-key.ts";
import type { Input } from "../terminal/keys.ts";

/** How many items a page key moves. */
const PAGE = 8;

/** Handles input for a list. */
export function pickerInput(app: App, picker: Picker, input: Input): void {
  const move = (by: number): void => app.change({ panel: movePicker(picker, by) });
  const filter = (text: string): void => {
    const filtered = { ...picker, filter: text, index: 0 };
    app.change({ panel: filtered });
    search(app, filtered);
  };
  if (input.type === "text") filter(picker.filter + input.text);
  else if (input.type === "scroll") move(input.rows);
  else if (input.type === "key") {
    const actions: { readonly [key: string]: () => void } = {
      up: () => move(-1),
      "ctrl-p": () => move(-1),
      down: () => move(1),
      "ctrl-n": () => move(1),
      tab: () => move(1),
      pageup: () => move(-PAGE),
      pagedown: () => move(PAGE),
      home: () => move(Number.NEGATIVE_INFINITY),
      end: () => move(Number.POSITIVE_INFINITY),
      backspace: () => filter(picker.filter.slice(0, -1)),
      "ctrl-u": () => filter(""),
      escape: () => app.closePanel(),
      enter: () => {
        const item = matchingItems(picker)[picker.index];
        if (item === undefined) return;
        app.closePanel();
        item.choose();
      },
    };
    actions[keyName(input)]?.();
  }
}

function search(app: App, picker: Picker): void {
  picker.search?.(picker.filter).then(
    (items) => {
      const { panel } = app.state;
      // Another filter was typed in the meantime.
      if (panel?.type === "picker" && panel.filter === picker.filter)
        app.change({ panel: { ...panel, items } });
    },
    (error: unknown) => app.conversation.showError(error),
  );
}
