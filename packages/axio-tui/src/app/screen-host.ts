import type { AxioError } from "axio";
import type { Screen } from "axio/plugin";
import type { Store } from "../conversation/store.ts";
import type { View } from "../panels/view.ts";
import { pluginError, thrownText } from "../plugins/plugin-error.ts";

/** Shows screens in the whole terminal, one at a time. */
export class ScreenHost {
  readonly #view: Store<View>;
  readonly #onFailure: (error: AxioError) => void;
  #unsubscribe: () => void = () => undefined;

  /** @param onFailure Called with the first exception of a screen, which is closed by then. */
  constructor(view: Store<View>, onFailure: (error: AxioError) => void) {
    this.#view = view;
    this.#onFailure = onFailure;
  }

  /** Shows a screen instead of the current panel. */
  show(opened: Screen, packageName: string): void {
    const screen = guardScreen(opened, packageName, (error) => {
      this.close();
      this.#onFailure(error);
    });
    this.close();
    this.#view.change({ panel: { type: "screen", screen }, completion: undefined, hint: undefined });
    this.#unsubscribe = screen.subscribe(() => this.#view.change({}));
  }

  /** Closes the current screen, if there is one. */
  close(): void {
    const { panel } = this.#view.state;
    if (panel?.type !== "screen") return;
    this.#view.change({ panel: undefined });
    this.#unsubscribe();
    panel.screen.close();
  }
}

/** Returns the same screen, whose first exception is reported as an error that names the package. It is not used after that. */
function guardScreen(screen: Screen, packageName: string, onFailure: (error: AxioError) => void): Screen {
  let hasFailed = false;
  const attempt = <Result>(call: () => Result, fallback: Result): Result => {
    try {
      return call();
    } catch (cause) {
      if (hasFailed) return fallback;
      hasFailed = true;
      const subject = `the screen of ${packageName}`;
      const error = pluginError(subject, thrownText(cause), "Update the package, or tell its author.", cause);
      // Not within `render()`, whose caller is drawing.
      setImmediate(() => onFailure(error));
      return fallback;
    }
  };
  return {
    render: (size) => (hasFailed ? [] : attempt(() => screen.render(size), [])),
    handleInput: (input) => attempt(() => screen.handleInput(input), undefined),
    subscribe: (listener) =>
      attempt(
        () => screen.subscribe(listener),
        () => undefined,
      ),
    close: () => attempt(() => screen.close(), undefined),
  };
}
