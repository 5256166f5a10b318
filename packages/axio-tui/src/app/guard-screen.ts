import type { AxioError } from "axio";
import type { Screen } from "axio/plugin";
import { pluginError, thrownText } from "../plugins/plugin-error.ts";

/** Returns the same screen, whose first exception is reported as an error that names the package. It is not used after that. */
export function guardScreen(
  screen: Screen,
  packageName: string,
  onFailure: (error: AxioError) => void,
): Screen {
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
