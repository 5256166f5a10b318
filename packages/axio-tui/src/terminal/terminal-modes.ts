/** The alternate screen, bracketed paste, and arrow keys for the wheel (xterm control sequences). */
const SCREEN = {
  enter: "\x1b[?1049h\x1b[?2004h\x1b[?1007h",
  leave: "\x1b[0m\x1b[?25h\x1b[?1007l\x1b[?2004l\x1b[?1049l",
};
/** A screen reader follows the ordinary screen line by line. */
const LINEAR = { enter: "\x1b[?2004h", leave: "\x1b[?2004l" };

/** Sets the modes that the app needs on a terminal, and resets them, also when the process exits or crashes. */
export class TerminalModes {
  readonly #stdout: NodeJS.WriteStream;
  readonly #modes: { readonly enter: string; readonly leave: string };
  #isEntered = false;

  /** @param isLinear Whether to stay on the ordinary screen. */
  constructor(stdout: NodeJS.WriteStream, isLinear: boolean) {
    this.#stdout = stdout;
    this.#modes = isLinear ? LINEAR : SCREEN;
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#stdout.write(this.#modes.enter);
    // An uncaught error has to be readable on the screen that remains.
    process.on("uncaughtExceptionMonitor", this.#crash);
    process.on("exit", this.#leave);
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    process.off("uncaughtExceptionMonitor", this.#crash);
    process.off("exit", this.#leave);
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
