/** The app on a terminal. */
export interface Drawing {
  /** Draws all of it anew, over whatever stands there. */
  redraw(): void;
  end(): void;
}
