/** Draws when asked to: at once where the last frame is over, else when it is, and once for all that asked meanwhile. */
export class FrameLimiter {
  readonly #draw: () => void;
  readonly #frameMs: number;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;

  /** @param frameMs How long a frame is, in milliseconds. Default 33: 30 frames a second. */
  constructor(draw: () => void, frameMs = 33) {
    this.#draw = draw;
    this.#frameMs = frameMs;
  }

  /** Asks for a frame. */
  readonly request = (): void => {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#drawnAt + this.#frameMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
      // From its end: a slow terminal or machine gets fewer frames, and keys come between them.
      this.#drawnAt = performance.now();
    }, wait);
  };

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
