/** The alternate screen, bracketed paste, and arrow keys for the wheel (xterm control sequences). */
const SCREEN = {
  enter: "\x1b[?1049h\x1b[?2004h\x1b[?1007h",
  leave: "\x1b[0m\x1b[?25h\x1b[?1007l\x1b[?2004l\x1b[?1049l",
};
/** A screen reader follows the ordinary screen line by line. */
const LINEAR = { enter: "\x1b[?2004h", leave: "\x1b[?2004l" };

/**
 * Requests keys with their modifiers, so that Shift-Enter differs from Enter: kitty's protocol
 * (https://sw.kovidgoyal.net/kitty/keyboard-protocol) and xterm's modifyOtherKeys. Terminals ignore what they do not know; the
 * reset is for those that take it for a style.
 */
const KEYBOARD = { enter: "\x1b[>1u\x1b[>4;1m\x1b[0m", leave: "\x1b[H\x1b[<u\x1b[>4m" };
/** Without moving the cursor. */
const LINEAR_KEYBOARD = { enter: KEYBOARD.enter, leave: "\x1b[<u\x1b[>4m" };

/** Sets the modes that the app needs on a terminal, and resets them, also when the process exits or crashes. */
export class TerminalModes {
  readonly #stdout: NodeJS.WriteStream;
  readonly #modes: { readonly enter: string; readonly leave: string };
  readonly #keyboard: { readonly enter: string; readonly leave: string };
  #isEntered = false;

  /** @param isLinear Whether to stay on the ordinary screen. */
  constructor(stdout: NodeJS.WriteStream, isLinear: boolean) {
    this.#stdout = stdout;
    this.#modes = isLinear ? LINEAR : SCREEN;
    this.#keyboard = isLinear ? LINEAR_KEYBOARD : KEYBOARD;
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#stdout.write(this.#modes.enter);
    // After the change of the screen: each screen has keyboard modes of its own.
    this.#stdout.write(this.#keyboard.enter);
    // An uncaught error has to be readable on the screen that remains.
    process.on("uncaughtExceptionMonitor", this.#crash);
    process.on("exit", this.#leave);
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    process.off("uncaughtExceptionMonitor", this.#crash);
    process.off("exit", this.#leave);
    this.#stdout.write(this.#keyboard.leave);
    this.#stdout.write(this.#modes.leave);
  }

  readonly #leave = (): void => this.leave();

  readonly #crash = (): void => {
    this.leave();
    this.#stdout.write(
      "axio stopped because of an unexpected error. To continue the conversation: axio --continue\n",
    );
  };
}
