/** The alternate screen without a cursor, bracketed paste, and arrows for the wheel (xterm's control sequences). */
const SCREEN = {
  enter: "\x1b[?1049h\x1b[?2004h\x1b[?1007h\x1b[?25l",
  leave: "\x1b[0m\x1b[?25h\x1b[?1007l\x1b[?2004l\x1b[?1049l",
};
/** A screen reader reads what is written line by line, so the screen stays. */
const SPOKEN = { enter: "\x1b[?2004h", leave: "\x1b[?2004l" };

/** Puts a terminal into the state that the app needs, and back, also where the process ends by itself. */
export class TerminalModes {
  readonly #stdout: NodeJS.WriteStream;
  readonly #modes: { readonly enter: string; readonly leave: string };
  #isEntered = false;

  constructor(stdout: NodeJS.WriteStream, isSpoken: boolean) {
    this.#stdout = stdout;
    this.#modes = isSpoken ? SPOKEN : SCREEN;
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#stdout.write(this.#modes.enter);
    // An error that nobody caught is to be read on the screen that stays.
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
      "axio has to end, since nobody caught this error. To go on with the conversation: axio --continue\n",
    );
  };
}
