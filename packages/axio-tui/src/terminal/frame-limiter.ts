/** The length of a frame: 30 a second. */
const FRAME_MS = 33;

/** Limits how often an action runs: at once for a single request, and once per frame for many. */
export class FrameLimiter {
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;
  #ranAt = Number.NEGATIVE_INFINITY;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Requests a run. */
  readonly request = (): void => {
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#ranAt + FRAME_MS - performance.now());
    this.#timer = setTimeout(() => this.flush(), waitMs);
  };

  /** Runs now if a run is requested. */
  flush(): void {
    if (this.#timer === undefined) return;
    this.cancel();
    this.#run();
    // Counted from its end: a slow terminal or machine gets fewer frames, and keys are read between them.
    this.#ranAt = performance.now();
  }

  /** Drops a requested run. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
