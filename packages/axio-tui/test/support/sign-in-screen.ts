import type { ScreenInput, SignInScreenOptions, SignInScreenPlugin } from "axio/plugin";

/** A plugin with a simple screen, which is rendered again after each input. */
export function signInScreen(
  render: (options: SignInScreenOptions) => readonly string[],
  handleInput: (input: ScreenInput, options: SignInScreenOptions) => void = () => undefined,
  close: () => void = () => undefined,
): SignInScreenPlugin {
  return {
    title: "Sign in",
    open: (options) => {
      let changed = (): void => undefined;
      return {
        render: () => render(options),
        handleInput: (input) => {
          handleInput(input, options);
          changed();
        },
        subscribe: (listener) => {
          changed = listener;
          return () => undefined;
        },
        close,
      };
    },
  };
}
