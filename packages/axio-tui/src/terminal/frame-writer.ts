import type { Position } from "../theme/line.ts";

/** Synchronized output: the terminal shows the whole update at once (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036). */
const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";

/** The content of the whole screen. */
export interface Frame {
  readonly rows: readonly string[];
  /** Default: the cursor is hidden. */
  readonly cursor?: Position | undefined;
}

/** Writes frames to a terminal: only the rows that changed, and then the cursor. */
export class FrameWriter {
  readonly #write: (text: string) => void;
  #shown: Frame | undefined;

  /** @param write Sends text to the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Shows a frame, starting at the first row of the screen. */
  show(frame: Frame): void {
    const rows = this.#changedRows(frame.rows);
    const { cursor } = frame;
    const shown = this.#shown?.cursor;
    const isSameCursor = this.#shown !== undefined && isSamePosition(cursor, shown);
    this.#shown = frame;
    if (rows === "" && isSameCursor) return;
    const hide = shown !== undefined ? HIDE_CURSOR : "";
    const place = cursor === undefined ? HIDE_CURSOR : moveTo(cursor) + SHOW_CURSOR;
    this.#write(`${BEGIN}${hide}${rows}\x1b[0m${place}${END}`);
  }

  /** Forgets what is shown, so that the next frame is written whole: after a resize or foreign output. */
  forget(): void {
    this.#shown = undefined;
  }

  #changedRows(rows: readonly string[]): string {
    const shown = this.#shown?.rows;
    let text = shown === undefined ? "\x1b[2J" : "";
    const count = Math.max(rows.length, shown?.length ?? 0);
    for (let row = 0; row < count; row += 1) {
      const content = rows[row] ?? "";
      if (content === shown?.[row]) continue;
      // Erased first: erasing after a full row would remove its last column.
      text += `${moveTo({ row, column: 0 })}\x1b[0m\x1b[2K${content}`;
    }
    return text;
  }
}

function moveTo({ row, column }: Position): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

function isSamePosition(left: Position | undefined, right: Position | undefined): boolean {
  return left?.row === right?.row && left?.column === right?.column;
}
