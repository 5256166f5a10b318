import type { AxioError } from "axio";

/** A warning: something went wrong, and the app continues. */
export interface Notice {
  /** The plugin that warns. Default: the app. */
  readonly from?: string | undefined;
  readonly warning: AxioError | string;
}

/** The warnings of plugins. Stores those that arrive before there is a listener. */
export class Notices {
  readonly #stored: Notice[] = [];
  #listener: ((notice: Notice) => void) | undefined;

  add(notice: Notice): void {
    if (this.#listener === undefined) this.#stored.push(notice);
    else this.#listener(notice);
  }

  /** Passes all notices to a listener, the stored ones first. Returns a function that ends it. */
  listen(listener: (notice: Notice) => void): () => void {
    this.#listener = listener;
    for (const notice of this.#stored.splice(0)) listener(notice);
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }
}
