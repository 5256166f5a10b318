import type { Provider, ScreenInput, SignInScreenOptions } from "axio/plugin";

/** Opens a simple screen, which is rendered again after each input. */
export function signInScreen(
  render: (options: SignInScreenOptions) => readonly string[],
  handleInput: (input: ScreenInput, options: SignInScreenOptions) => void = () => undefined,
  close: () => void = () => undefined,
): NonNullable<Provider["openScreen"]> {
  return (options) => {
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
  };
}
