import type { App } from "../app/app.ts";
import { pageHeight } from "../app/frame.ts";
import { type Page, scrollPage } from "../panels/page.ts";
import { keyName } from "../prompt/edit-key.ts";
import type { Input } from "../terminal/keys.ts";

/** Handles input for a page. */
export function pageInput(app: App, page: Page, input: Input): void {
  const { width, height, terminal } = app.state;
  const room = pageHeight(height);
  const scroll = (by: number): void => app.change({ panel: scrollPage(page, by, width, room, terminal) });
  const close = (): void => app.closePanel();
  if (input.type === "scroll") scroll(input.rows);
  else if (input.type === "text" && input.text === "q") close();
  else if (input.type === "key") {
    const actions: { readonly [key: string]: () => void } = {
      up: () => scroll(-1),
      down: () => scroll(1),
      pageup: () => scroll(3 - room),
      pagedown: () => scroll(room - 3),
      home: () => scroll(Number.NEGATIVE_INFINITY),
      end: () => scroll(Number.POSITIVE_INFINITY),
      escape: close,
      enter: close,
    };
    actions[keyName(input)]?.();
  }
}
