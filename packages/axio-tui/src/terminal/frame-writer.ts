/** Synchronized output (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036): the terminal shows all at once. */
const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";

/** Writes frames to a terminal's screen: only the rows that changed, so that nothing flickers and little is sent. */
export class FrameWriter {
  readonly #write: (text: string) => void;
  #shown: readonly string[] = [];
  #isKnown = false;

  /** @param write Sends text to the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Shows a frame, from the first row of the screen on. */
  show(frame: string): void {
    const rows = frame.split("\n");
    let text = this.#isKnown ? "" : "\x1b[2J";
    const count = Math.max(rows.length, this.#shown.length);
    for (let at = 0; at < count; at += 1) {
      const row = rows[at] ?? "";
      if (this.#isKnown && row === this.#shown[at]) continue;
      // Erased first: erasing behind a full row would take its last column.
      text += `\x1b[${at + 1};1H\x1b[0m\x1b[2K${row}`;
    }
    this.#shown = rows;
    this.#isKnown = true;
    if (text !== "") this.#write(`${BEGIN}${text}\x1b[0m${END}`);
  }

  /** Forgets what is shown: the next frame is written whole, after the screen was resized or written to by others. */
  forget(): void {
    this.#isKnown = false;
    this.#shown = [];
  }
}
